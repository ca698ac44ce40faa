"""Asks N times for /healthz at PORT and half-closes at once: the request and the
end leave together with the last message of the handshake. Prints how many were
answered.

    half_close.py PORT N
"""
import socket
import ssl
import sys

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def ask(port):
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(here, there, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                if there.pending:
                    s.sendall(there.read())
                here.write(s.recv(65536))
        tls.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        s.sendall(there.read())
        s.shutdown(socket.SHUT_WR)
        while data := s.recv(65536):
            here.write(data)
    return tls.read(12)


answered = 0
for _ in range(int(sys.argv[2])):
    try:
        answered += ask(int(sys.argv[1])) == b"HTTP/1.1 200"
    except OSError:
        pass
print(answered)
