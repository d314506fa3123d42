"""A server that speaks TLS, before one that does not, with certificates made on the spot.

    made = Certificates(folder)
    with Tls(port, made.server()) as tls:
        uri = f"mongodb://127.0.0.1:{tls.port}/voto?tls=true&tlsCAFile={made.ca}"
"""

import contextlib
import pathlib
import socket
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
    client must show."""

    def __init__(self, port, pair, client_ca=None):
        self._to = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*pair)
        if client_ca:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(client_ca)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.served = 0  # connections that came to speak
        self._open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __exit__(self, *_):
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one):
        with contextlib.suppress(OSError, ValueError):
            one.settimeout(30)
            with one, self._context.wrap_socket(one, server_side=True) as inside:
                # A client that does not trust it says so only now.
                first = inside.recv(65536)
                if not first:
                    return
                self.served += 1
                with socket.create_connection(("127.0.0.1", self._to)) as plain:
                    self._open |= {inside, plain}
                    plain.sendall(first)
                    back = threading.Thread(target=self._pass, args=(plain, inside), daemon=True)
                    back.start()
                    self._pass(inside, plain)

    @staticmethod
    def _pass(source, to):
        with contextlib.suppress(OSError, ValueError):
            while data := source.recv(65536):
                to.sendall(data)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_RDWR)
