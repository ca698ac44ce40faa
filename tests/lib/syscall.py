#!/usr/bin/env python3
"""Makes a running process make one system call, as code of a stranger would.

    syscall.py PID NUMBER [ARGUMENT...]

Prints how it ended, or what the call returned: `killed 31`, `returned -1`.
Needs root; x86-64 only.
"""
import ctypes
import os
import re
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
CONT, SINGLESTEP, GETREGS, SETREGS, ATTACH, DETACH = 7, 9, 12, 13, 16, 17
NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs "
         "eflags rsp ss fs_base gs_base ds es fs gs").split()


class Regs(ctypes.Structure):
    _fields_ = [(n, ctypes.c_ulonglong) for n in NAMES]


def trace(what, pid, data=None):
    if libc.ptrace(what, pid, None, data) < 0:
        sys.exit(f"ptrace {what}: {os.strerror(ctypes.get_errno())}")


def instruction(pid):
    """The address of a `syscall` instruction in PID."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r-xp .*libc", line)
            if m:
                start, end = int(m[1], 16), int(m[2], 16)
                mem.seek(start)
                at = mem.read(end - start).find(b"\x0f\x05")
                if at >= 0:
                    return start + at
    sys.exit("no syscall instruction")


def main():
    pid, number, *arguments = [int(a) for a in sys.argv[1:]]
    trace(ATTACH, pid)
    os.waitpid(pid, 0x40000000)
    regs = Regs()
    trace(GETREGS, pid, ctypes.addressof(regs))
    before = bytes(regs)
    regs.rip, regs.rax, regs.orig_rax = instruction(pid), number, 2**64 - 1
    for name, value in zip(("rdi", "rsi", "rdx", "r10"), arguments + [0] * 4):
        setattr(regs, name, value)
    trace(SETREGS, pid, ctypes.addressof(regs))
    trace(SINGLESTEP, pid)
    _, status = os.waitpid(pid, 0x40000000)
    if os.WIFSIGNALED(status):
        print("killed", os.WTERMSIG(status))
        return
    if os.WSTOPSIG(status) != signal.SIGTRAP:
        print("stopped", os.WSTOPSIG(status))
    trace(GETREGS, pid, ctypes.addressof(regs))
    print("returned", ctypes.c_longlong(regs.rax).value)
    regs = Regs.from_buffer_copy(before)
    if ctypes.c_longlong(regs.rax).value in range(-516, -511):
        regs.rip, regs.rax = regs.rip - 2, regs.orig_rax  # it was waiting: it waits again
    trace(SETREGS, pid, ctypes.addressof(regs))
    trace(DETACH, pid)


main()
