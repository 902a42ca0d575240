"""The people who sign in a benchmark, from many networks and many mail domains, and what their browsers send."""

from urllib.parse import quote_plus, urlencode

_GIVEN = ("Maya", "Noor", "Otto", "Pilar", "Rui", "Quinn", "Sam", "Zoë", "Łukasz", "عمر", "李娜", "Íñigo")
_FAMILY = ("Okafor", "Nguyen", "García", "Müller", "Haddad", "Ivanova", "Silva", "Jensen", "Kowalski", "Rossi", "Sato")
_COUNTRIES = ("DE", "ES", "FR", "PL", "BR", "US", "GB", "EG", "IN", "ZA", "JP", "SE")
_PLACES = ("Leipzig", "Sevilla", "Łódź", "São Paulo", "", "")
_PROVIDERS = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de")
_BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile\r\n"
    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
)
# About as many people share a small mail domain in these runs; half of all write from the big providers.
_PEOPLE_A_DOMAIN = 8


def form_of(number: int) -> dict[str, str]:
    """Return what person `number` types; the same number is the same person."""
    given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number // 5 % len(_FAMILY)]
    domain = _PROVIDERS[number // 2 % len(_PROVIDERS)] if number % 2 else f"town{number // _PEOPLE_A_DOMAIN}.example"
    fields = {
        "name": f"{given} {family}",
        "email": f"{family.lower().encode('ascii', 'ignore').decode()}{number}@{domain}",
        "country": _COUNTRIES[number % len(_COUNTRIES)],
        "place": _PLACES[number // 3 % len(_PLACES)],
    }
    if number // 2 % 2:
        fields["show_name"] = "yes"
    return fields


def client_of(number: int) -> str:
    """Return an address for person `number`; networks (/24) repeat only after millions of people."""
    spread = number * 2_654_435_761 % (1 << 24)  # a prime near 2^32 over the golden ratio: neighbours land far apart
    return f"{11 + (spread >> 16) % 80}.{spread >> 8 & 255}.{spread & 255}.{1 + number % 250}"


def sign_request(port: int, path: str, number: int, extra: dict[str, str]) -> bytes:
    """Return the whole request with which person `number` signs; `extra` are the form's hidden fields."""
    body = urlencode(form_of(number) | extra, quote_via=quote_plus).encode("ascii")
    return post_request(port, path, number, body)


def confirm_request(port: int, token: bytes, number: int) -> bytes:
    """Return the request with which somebody ticks the box and presses the button."""
    return post_request(port, f"/c/{token.decode('ascii')}", number, b"consent=yes")


def post_request(port: int, path: str, number: int, body: bytes) -> bytes:
    """Return a posted form as a browser sends it, through a proxy on this machine."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{_BROWSER}"
        f"Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        f"X-Forwarded-For: {client_of(number)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def page_request(port: int, path: str) -> bytes:
    """Return what a browser sends for a page."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{_BROWSER}X-Forwarded-For: {client_of(0)}\r\n\r\n"
    return head.encode("ascii")
