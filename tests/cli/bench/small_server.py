"""A very small web server for tests of the load generator: it answers by a script of bytes.

    python small_server.py PORT STATUS [STATUS …]

Each request is answered with the next status of the list, round and round; 0 hangs up, 1 sends
no HTTP, 2 says nothing of its length, 3 sends the body in chunks, 4 in pieces.
"""

import asyncio
import sys
from itertools import cycle

BODY = b"x" * 300_000


def answer(status: int) -> bytes:
    if status == 1:
        return b"nonsense\r\n\r\n"
    if status == 2:
        return b"HTTP/1.1 200 OK\r\n\r\n"
    if status == 3:
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    if status == 4:
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
    return b"HTTP/1.1 %d Any\r\ncontent-length: 5\r\n\r\nhello" % status


async def serve(port: int, statuses: list[int]) -> None:
    script = cycle(statuses)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next((line for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), b":0")
            await reader.readexactly(int(length.partition(b":")[2]))
            status = next(script)
            if status == 0:
                writer.close()
                return
            writer.write(answer(status))

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), [int(status) for status in sys.argv[2:]]))
