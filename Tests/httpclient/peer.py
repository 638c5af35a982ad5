"""A server for the tests of HTTPClient: well-behaved over HTTP, HTTPS and WebSockets (aiohttp), and one that breaks every rule (raw).

    peer.py CERTIFICATE KEY

Listens on loopback, prints one line of JSON with its ports once all of them listen, and ends when its parent has ended.
"""

import asyncio
import base64
import collections
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time

from aiohttp import WSMsgType, web

# What happened, by a name that the test made up: how often it was asked for, and an event for "the client is gone".
seen = collections.Counter()
gone = collections.defaultdict(asyncio.Event)


def connection(request):
    """The client's port: the same for requests on the same connection."""
    return request.transport.get_extra_info("peername")[1]


# --- What behaves ----------------------------------------------------------------------------------------------------


async def echo(request):
    size, digest = 0, hashlib.sha256()
    async for piece in request.content.iter_any():
        size += len(piece)
        digest.update(piece)
    told = {
        "method": request.method,
        "target": request.path_qs,
        "headers": [[name, value] for name, value in request.headers.items()],
        "size": size,
        "sha256": digest.hexdigest(),
        "connection": connection(request),
    }
    return web.json_response(told, headers={"X-Method": request.method})


async def status(request):
    code = int(request.match_info["code"])
    if code == 204:
        return web.Response(status=code)
    headers = {"Location": "/echo"} if 300 <= code < 400 else {}
    return web.Response(status=code, text=f"said {code}", headers=headers)


async def chunked(request):
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    for number in range(100):
        await response.write(b"piece %d\n" % number)
    await response.write_eof()
    return response


async def big(request):
    size = int(request.query["size"])
    response = web.StreamResponse(headers={"Content-Length": str(size)})
    await response.prepare(request)
    block = bytes(range(256)) * 1024
    while size > 0:
        await response.write(block[:size])
        size -= len(block)
    return response


async def endless(request):
    """Sends until the client goes, and notes that it went."""
    name = request.query["name"]
    response = web.StreamResponse()
    await response.prepare(request)
    seen[name] += 1
    try:
        while True:
            await response.write(b"x" * 65536)
            await asyncio.sleep(0.001)
    except (ConnectionError, asyncio.CancelledError):
        gone[name].set()
        raise


async def silent(request):
    """Takes the request and never answers; notes when the client goes."""
    name = request.query["name"]
    await request.read()
    seen[name] += 1
    try:
        await asyncio.Event().wait()
    finally:
        # Cancelled, as the client has gone.
        gone[name].set()


async def form(request):
    fields = []
    async for part in await request.multipart():
        size, digest = 0, hashlib.sha256()
        while piece := await part.read_chunk(65536):
            size += len(piece)
            digest.update(piece)
        fields.append(
            {
                "name": part.name,
                "fileName": part.filename,
                "type": part.headers.get("Content-Type"),
                "size": size,
                "sha256": digest.hexdigest(),
            }
        )
    return web.json_response({"fields": fields, "length": request.headers.get("Content-Length")})


async def answer_and_close(request):
    response = web.Response(text="bye")
    await response.prepare(request)
    await response.write_eof()
    request.transport.close()
    return response


async def wait_gone(request):
    await gone[request.match_info["name"]].wait()
    return web.Response()


async def wait_seen(request):
    while seen[request.match_info["name"]] < int(request.match_info["times"]):
        await asyncio.sleep(0.005)
    return web.Response()


async def count(request):
    return web.Response(text=str(seen[request.match_info["name"]]))


async def websocket(request):
    socket = web.WebSocketResponse(max_msg_size=0, autoping=False, autoclose=False)
    await socket.prepare(request)
    name = request.query.get("name", "")
    if "hello" in request.query:
        await socket.send_json([[header, value] for header, value in request.headers.items()])
    if "ping" in request.query:
        await socket.ping(b"are you there")
    if "close" in request.query:
        await socket.close(code=int(request.query["close"]), message="that is all".encode())
        return socket
    if "flood" in request.query:
        for number in range(int(request.query["flood"])):
            await socket.send_str(f"message {number}" + "." * 1000)
    while True:
        message = await socket.receive()
        if message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        elif message.type == WSMsgType.PING:
            seen[name + " ping"] += 1
            await socket.pong(message.data)
        elif message.type == WSMsgType.PONG:
            await socket.send_str("pong " + message.data.decode())
        elif message.type == WSMsgType.CLOSE:
            seen[f"{name} close {message.data}"] += 1
            await socket.close(code=message.data or 1000)
            break
        else:
            break
    gone[name].set()
    return socket


async def proxied(request):
    """As a proxy is asked: the whole address in the first line."""
    seen["proxied " + str(request.url)] += 1
    return web.Response(text=f"by proxy: {request.url}")


def application():
    app = web.Application(client_max_size=1 << 30)
    for path, handler in {
        "/echo": echo,
        "/status/{code}": status,
        "/chunked": chunked,
        "/big": big,
        "/endless": endless,
        "/silent": silent,
        "/form": form,
        "/answer-and-close": answer_and_close,
        "/gone/{name}": wait_gone,
        "/seen/{name}/{times}": wait_seen,
        "/count/{name}": count,
        "/websocket": websocket,
        "/for-a-proxy": proxied,
    }.items():
        app.router.add_route("*", path, handler)
    return app


# --- What does not ---------------------------------------------------------------------------------------------------


def reset(writer):
    """Closes with a TCP reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def accepted(header):
    key = next(line.split(b":")[1].strip() for line in header.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "

# By path: what is sent as the answer, with KEY where the right Sec-WebSocket-Accept goes, and how the connection ends.
RAW = {
    "/nothing": (b"", "close"),
    "/reset-at-once": (b"", "reset"),
    "/mid-status": (b"HTTP/1.1 20", "close"),
    "/mid-header": (b"HTTP/1.1 200 OK\r\nContent-Type: text/pl", "close"),
    "/after-header-line": (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", "close"),
    "/mid-body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nten bytes.", "close"),
    "/mid-body-reset": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nten bytes.", "reset"),
    "/mid-chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nten bytes.", "close"),
    "/until-closed": (b"HTTP/1.1 200 OK\r\n\r\nall of it", "close"),
    "/trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Real: yes\r\n\r\n2\r\nok\r\n0\r\nX-Late: no\r\n\r\n",
        "close",
    ),
    "/continue-first": (
        b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Late: 2\r\n\r\nok",
        "close",
    ),
    "/no-http": (b"SSH-2.0-OpenSSH_9.2\r\n", "close"),
    "/long-header": (b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"y" * 1000 + b"\r\n", "repeat"),
    "/larger-than-said": (b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\nabc", "keep"),
    "/answer-once": (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nonce", "once"),
    "/websocket/silent": (b"", "keep"),
    "/websocket/refused": (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nno way", "close"),
    "/websocket/page": (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na page", "close"),
    "/websocket/wrong-accept": (UPGRADE + b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", "keep"),
    "/websocket/long-header": (UPGRADE + b"KEY\r\n" + b"X-Long: " + b"y" * 1000 + b"\r\n", "repeat"),
    "/websocket/mute": (UPGRADE + b"KEY\r\n\r\n", "keep"),
    "/websocket/hello-with-header": (UPGRADE + b"KEY\r\n\r\n\x81\x05hello\x88\x02\x03\xe8", "close-later"),
    "/websocket/closed-and-kept": (UPGRADE + b"KEY\r\n\r\n\x81\x05hello\x88\x02\x03\xe8", "keep"),
    "/websocket/broken-off": (UPGRADE + b"KEY\r\n\r\n\x81\x0ahel", "close"),
    "/websocket/reset": (UPGRADE + b"KEY\r\n\r\n\x81\x02ok\x81\x0ahel", "reset-later"),
    "/websocket/masked": (UPGRADE + b"KEY\r\n\r\n\x81\x82\x01\x02\x03\x04ab", "keep"),
    "/websocket/bad-text": (UPGRADE + b"KEY\r\n\r\n\x81\x02\xc3\x28", "keep"),
    "/websocket/too-large": (UPGRADE + b"KEY\r\n\r\n\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff", "keep"),
}


async def raw(reader, writer):
    try:
        header = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
        return
    path = header.split(b" ")[1].decode()
    path, _, name = path.partition("?")
    seen[name] += 1
    answer, end = RAW[path]
    if b"KEY" in answer:
        answer = answer.replace(b"KEY", accepted(header))
    try:
        writer.write(answer)
        await writer.drain()
        while end == "repeat":
            writer.write(answer.split(b"\r\n")[-2] + b"\r\n")
            await writer.drain()
        if end.endswith("-later"):
            # Once the client has shown that it has read what came before.
            await reader.read(1)
        if end == "once":
            header = await reader.readuntil(b"\r\n\r\n")
            seen[header.split(b" ")[1].decode().partition("?")[2]] += 1
        if end == "keep":
            while await reader.read(65536):
                pass
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    gone[name].set()
    if end.startswith("reset"):
        reset(writer)
    else:
        writer.close()


def slow(listening):
    """Takes bodies so slowly that most of each waits in the other end's kernel. A thread, so that it goes on whatever else there is to do."""

    def serve(taken):
        with taken:
            received = b""
            while b"\r\n\r\n" not in received:
                received += taken.recv(65536)
            header, _, body = received.partition(b"\r\n\r\n")
            left = next(int(line.split(b":")[1]) for line in header.split(b"\r\n") if line.lower().startswith(b"content-length"))
            left -= len(body)
            while left > 0 and (piece := taken.recv(65536)):
                left -= len(piece)
                time.sleep(0.1)
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    while True:
        taken, _ = listening.accept()
        threading.Thread(target=serve, args=(taken,), daemon=True).start()


async def main():
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(sys.argv[1], sys.argv[2])
    runner = web.AppRunner(application(), handler_cancellation=True, keepalive_timeout=3600)
    await runner.setup()
    ports = {}
    for name, context in (("http", None), ("https", secure)):
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        ports[name] = site._server.sockets[0].getsockname()[1]
    server = await asyncio.start_server(raw, "127.0.0.1", 0)
    ports["raw"] = server.sockets[0].getsockname()[1]
    # Small from the first connection on. Still smaller, and packets of loopback would not fit: it moves by timers only.
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131072)
    narrow.bind(("127.0.0.1", 0))
    narrow.listen()
    threading.Thread(target=slow, args=(narrow,), daemon=True).start()
    ports["slow"] = narrow.getsockname()[1]
    print(json.dumps(ports), flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)


asyncio.run(main())
