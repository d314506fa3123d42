"""A server that speaks TLS, before one that does not, with certificates made on the spot.

    made = Certificates(folder)
    with Tls(port, made.server()) as tls:
        uri = f"mongodb://127.0.0.1:{tls.port}/voto?tls=true&tlsCAFile={made.ca}"
"""

import asyncio
import contextlib
import pathlib
import ssl
import subprocess
import threading


class Certificates:
    """An authority, and what it signs: PEM files in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ca, self.key = self._pair("ca", "-x509", "-days", "2", "-subj", "/CN=Authority of a test")

    def _openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)

    def _pair(self, name, *words):
        made, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                      "-keyout", key, "-out", made, *words)  # fmt: skip
        return made, key

    def server(self, name="server", host="IP:127.0.0.1", days=2):
        """(certificate, key) of a host; less than no days: it has run out."""
        request, key = self._pair(name, "-subj", "/CN=server of a test")
        made, more = self.folder / f"{name}-signed.pem", self.folder / f"{name}.ext"
        more.write_text(f"subjectAltName={host}\n")
        self._openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.key,
                      "-CAcreateserial", "-out", made, "-days", days, "-extfile", more)  # fmt: skip
        return made, key


class Tls(contextlib.AbstractContextManager):
    """Takes TLS connections and passes on what they carry. `client_ca`: whose certificates a
    client must show.

    One thread does it all: an SSL connection of Python 3.11 may not be read by one thread while
    another writes it.
    """

    def __init__(self, port, pair, client_ca=None):
        self._to = port
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        self.served = 0  # connections that came to speak
        self._loop = asyncio.new_event_loop()
        # A client that does not trust the server is what some tests are about.
        self._loop.set_exception_handler(lambda *_: None)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _end(self):
        self._server.close()
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        for one in serving:
            one.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, client, answer):
        with contextlib.suppress(OSError), contextlib.closing(answer):
            # A client that does not trust it says so only now.
            first = await client.read(65536)
            if not first:
                return
            self.served += 1
            server, ask = await asyncio.open_connection("127.0.0.1", self._to)
            with contextlib.closing(ask):
                ask.write(first)
                both = [asyncio.ensure_future(self._pass(*way))
                        for way in ((client, ask), (server, answer))]  # fmt: skip
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                for one in both:
                    one.cancel()

    @staticmethod
    async def _pass(source, to):
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                to.write(data)
                await to.drain()
