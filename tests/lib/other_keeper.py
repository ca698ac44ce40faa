"""A keeper of the master key as another version might be: it answers every
question, but what it shares nobody of this version can read.

    other_keeper.py SOCKET
"""
import os
import socket
import sys
import threading

listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
listener.listen()
print("ready", flush=True)


def serve(one):
    while question := one.recv(1 << 16):
        one.send(b"\x01\x00" + question[2:10] + b"\xff of another version")


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
