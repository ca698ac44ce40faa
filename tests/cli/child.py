#!/usr/bin/env python3
"""A child for tests of `latchkey run`: says what it was given, then does what
the file NAME.does beside it says: wait, exit N, stubborn, or echo (answers the
datagrams of its first socket)."""
import os, signal, socket, sys, time

here, name = os.path.dirname(os.path.abspath(sys.argv[0])), os.path.basename(sys.argv[0])
count = int(os.environ.get("LISTEN_FDS", "0"))
fds = [socket.socket(fileno=3 + i) for i in range(count)]
with open(f"{here}/{name}.log", "a") as log:
    log.write(f"start {os.getpid()} {os.environ.get('LISTEN_PID')} {os.environ.get('LISTEN_FDNAMES')} "
              f"{','.join(str(s.getsockname()[1]) for s in fds)} {' '.join(sys.argv[1:])}\n")

def say(what):
    with open(f"{here}/{name}.log", "a") as log:
        log.write(f"{what} {os.getpid()}\n")

def term(*_):
    say("term")
    sys.exit(0)

does = open(f"{here}/{name}.does").read().split()
signal.signal(signal.SIGHUP, lambda *_: say("hup"))
signal.signal(signal.SIGTERM, (lambda *_: say("term")) if does[0] == "stubborn" else term)
if does[0] == "exit":
    sys.exit(int(does[1]))
say("ready")
while does[0] == "echo":
    data, whom = fds[0].recvfrom(2048)
    fds[0].sendto(data, whom)
while True:
    time.sleep(0.1)
