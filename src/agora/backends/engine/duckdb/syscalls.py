"""What a process may no longer ask of the kernel: sockets, other processes, other programs, rights.

Landlock closes the file system; this closes the rest, by a seccomp filter that holds for every
thread and can never be taken off. Refused by list: what starts or touches another process, opens a
socket, changes rights, limits, clocks or mounts, or reaches the kernel by a side door. Source: the
kernel's `seccomp(2)` and its tables of calls for x86-64 and the generic table for ARM.
"""

import ctypes
import errno
import platform
import struct

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST, _THIRD = 0, 4, 16, 32
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_SET_FILTER, _ALL_THREADS = 1, 1
_NO_NEW_PRIVS = 38
_CAPABILITIES = 0x20080522
_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CLONE = {"x86_64": 56, "aarch64": 220}
_PRLIMIT = {"x86_64": 302, "aarch64": 261}
_CLONE3 = 435
_SHARED = (
    424, 425, 428, 429, 430, 431, 432, 433, 434, 438, 440, 442, 448, 452, 463, 464, 465, 466,
)  # fmt: skip
"""pidfd_send_signal, io_uring_setup, the mount calls, pidfd_open, pidfd_getfd, process_madvise,
mount_setattr, process_mrelease, fchmodat2 and the later attribute calls."""
_REFUSED = {
    "x86_64": (
        # socket, socketpair, fork, vfork, execve, execveat, kill, tkill, tgkill, queued signals
        41, 53, 57, 58, 59, 322, 62, 200, 234, 129, 297,
        # ptrace, reading and writing other processes, kcmp, memory of others, namespaces, mounts
        101, 310, 311, 312, 256, 279, 272, 308, 155, 161, 165, 166, 135,
        # modules, kexec, reboot, swap, names, bpf, perf, keys, userfaultfd, handles, ports
        175, 313, 176, 246, 320, 169, 167, 168, 170, 171, 321, 298, 248, 249, 250, 323, 304, 172, 173,
        # shared memory, queues, semaphores, priorities, clocks, accounting, limits
        29, 30, 31, 64, 68, 240, 141, 142, 144, 203, 314, 251, 164, 227, 159, 305, 163, 179, 160,
        # rights, owners, times and attributes of files
        90, 91, 268, 92, 93, 94, 260, 188, 189, 190, 197, 198, 199, 132, 235, 261, 280,
    ),
    "aarch64": (
        198, 199, 221, 281, 129, 130, 131, 138, 240,
        117, 270, 271, 272, 238, 239, 97, 268, 41, 51, 40, 39, 92,
        105, 273, 106, 104, 294, 142, 224, 225, 161, 162, 280, 241, 217, 218, 219, 282, 265,
        194, 195, 196, 186, 190, 180, 140, 118, 119, 122, 274, 30, 170, 112, 171, 266, 89, 60, 164,
        52, 53, 54, 55, 5, 6, 7, 14, 15, 16, 88,
    ),
}  # fmt: skip


def give_up() -> bool:
    """No thread of this process can ask for any of it again; False where the kernel cannot."""
    machine = platform.machine()
    if machine not in _ARCHES:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    header = ctypes.create_string_buffer(struct.pack("=II", _CAPABILITIES, 0))
    nothing = ctypes.create_string_buffer(24)
    if libc.syscall(_CAPSET[machine], header, nothing) != 0:
        return False
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    program = _program(machine)
    code = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(code)
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, address))
    return bool(libc.syscall(_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, whole) == 0)


def _program(machine: str) -> bytes:
    """The filter: each refused call jumps to the end; threads may start, processes may not."""
    no = _step(_RETURN, _ERRNO | errno.EPERM)
    yes = _step(_RETURN, _ALLOW)
    lines = [_step(_LOAD, _ARCH), _step(_EQUAL, _ARCHES[machine], 1, 0), no, _step(_LOAD, _NUMBER)]
    lines += [_step(_AT_LEAST, _X32, 0, 1), no]
    for number in (*_REFUSED[machine], *_SHARED):
        lines += [_step(_EQUAL, number, 0, 1), no]
    # the C library tries `clone` when there is no `clone3`, whose arguments no filter can look at
    lines += [_step(_EQUAL, _CLONE3, 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    lines += [_step(_EQUAL, _CLONE[machine], 0, 3), _step(_LOAD, _FIRST)]
    lines += [_step(_ANY_BIT, _CLONE_THREAD, 1, 0), no, _step(_LOAD, _NUMBER)]
    # limits may be read, one's own only: no other process, no new value
    places = (_FIRST, _FIRST + 4, _THIRD, _THIRD + 4)
    lines.append(_step(_EQUAL, _PRLIMIT[machine], 0, 3 * len(places)))
    for place in places:
        lines += [_step(_LOAD, place), _step(_EQUAL, 0, 1, 0), no]
    return b"".join([*lines, yes])


def _step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)
