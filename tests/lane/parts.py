"""Forms with a file, as browsers send them (RFC 7578)."""

from typing import Any

from tests.lane.visits import Answer, Visits

_BOUNDARY = "----tocsin7MA4YWxk"
HERE = {"origin": "http://testserver", "content-type": f"multipart/form-data; boundary={_BOUNDARY}"}


def in_parts(fields: dict[str, str], photo: bytes | None = b"", *, name: str = "crowd.jpg") -> bytes:
    """Return a body: the fields, then the photo; empty is a field in which nothing was chosen, None is no field."""
    parts = [f'form-data; name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    if photo is not None:
        named = name if photo else ""
        about = f'form-data; name="photo"; filename="{named}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(about.encode() + photo)
    start = f"--{_BOUNDARY}\r\nContent-Disposition: ".encode()
    return b"".join(start + part + b"\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n".encode()


async def post_parts(visits: Visits, target: str, fields: dict[str, str], photo: bytes = b"", **more: Any) -> Answer:
    """Return the answer to a form with a photo, or with none chosen."""
    body = in_parts(fields, photo)
    headers = {**HERE, "content-length": str(len(body))}
    return await visits.ask("POST", target, body=body, headers=headers, **more)
