"""A wire between a client and a broker that can be cut and slowed."""
import socket
import threading
import time

from kit import free_port

_CHUNK = 4096


class Proxy:
    """Takes connections at `port`, and passes them on to `target` (a port, set before the first)."""

    def __init__(self):
        self.port = free_port()
        self.target = None
        self.bytes_per_s = None  # None: as fast as it goes
        self.passed = 0
        self._whole = True
        self._open = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self):
        """Every connection ends, and a new one ends at once."""
        with self._lock:
            self._whole = False
            for end in self._open:
                try:
                    end.shutdown(socket.SHUT_RDWR)  # wakes who reads from it
                except OSError:
                    pass

    def mend(self):
        self._whole = True

    def _listen(self):
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            while True:
                near, _ = listener.accept()
                if not self._whole:
                    near.close()
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                with self._lock:
                    self._open |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source, sink):
        try:
            while data := source.recv(_CHUNK):
                if self.bytes_per_s:
                    time.sleep(len(data) / self.bytes_per_s)
                sink.sendall(data)
                self.passed += len(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        with self._lock:
            self._open -= {source, sink}
