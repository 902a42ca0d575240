"""`tocsin admin`: accounts for those who run the server."""

from pathlib import Path

import pytest

from tests import factories
from tocsin.campaigns.models import User
from tocsin.cli.commands import main

pytestmark = pytest.mark.django_db(transaction=True)
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("a sentence that nobody guesses\n", encoding="utf-8")
    return path


def test_an_account_is_made_and_can_sign_in(password: Path, capsys: Printed) -> None:
    assert main(["admin", "create", "sam@example.net", "--password-file", str(password)]) == 0
    sam = User.objects.get(email="sam@example.net")
    assert sam.is_superuser
    assert sam.check_password("a sentence that nobody guesses")
    assert "account made" in capsys.readouterr().out


def test_nobody_gets_a_second_account(password: Path, capsys: Printed) -> None:
    factories.UserFactory.create(email="sam@example.net")
    assert main(["admin", "create", "Sam@Example.net", "--password-file", str(password)]) == 1
    assert "has an account already; 'tocsin admin password Sam@Example.net' sets" in capsys.readouterr().err
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced(password: Path, capsys: Printed) -> None:
    user = factories.UserFactory.create(email="noor@example.org")
    assert main(["admin", "password", "noor@example.org", "--password-file", str(password)]) == 0
    user.refresh_from_db()
    assert user.check_password("a sentence that nobody guesses")
    assert not user.is_superuser  # a new password is no new right
    assert main(["admin", "password", "nobody@example.org", "--password-file", str(password)]) == 1
    assert "has no account" in capsys.readouterr().err


@pytest.mark.parametrize("content,line", [("short", "too short"), ("password1234", "too common")])
def test_a_weak_password_is_refused(tmp_path: Path, capsys: Printed, content: str, line: str) -> None:
    path = tmp_path / "weak"
    path.write_text(content, encoding="utf-8")
    assert main(["admin", "create", "sam@example.net", "--password-file", str(path)]) == 1
    assert line in capsys.readouterr().err
    assert not User.objects.exists()


def test_what_is_no_address_and_what_is_no_file(password: Path, capsys: Printed) -> None:
    assert main(["admin", "create", "sam", "--password-file", str(password)]) == 1
    assert main(["admin", "create", "sam@example.net", "--password-file", "nowhere"]) == 1
    assert "cannot use nowhere (No such file or directory)" in capsys.readouterr().err


def test_without_a_terminal_a_file_is_asked_for(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/null").open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert main(["admin", "create", "sam@example.net"]) == 1
    assert "give --password-file" in capsys.readouterr().err
