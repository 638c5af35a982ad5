"""A file system in memory that follows a log of strace, and says what a power cut would leave of it.

Every file remembers what it holds and what of that was synced; every folder its entries and those that were there when the folder
itself was synced last. From these come the states that a disk may show after a power cut (`Model.states`).
"""

import hashlib
import os
import re
import stat


class File:
    def __init__(self, data=b""):
        self.data = data
        # What is safe; None when the file was never synced.
        self.synced = None
        # Where the next write goes. One descriptor at a time writes a file here.
        self.position = 0


class Special:
    """A named pipe."""


class Directory:
    def __init__(self):
        self.entries = {}
        self.synced = {}


LOST_DATA = ("empty", "zeros", "short")


class Model:
    """The tree below some roots."""

    def __init__(self, roots):
        self.roots = {root: Directory() for root in roots}

    # MARK: What is on disk now

    def load(self):
        """Takes over what is there; all of it counts as synced."""
        for root, directory in self.roots.items():
            self._load(root, directory)

    def _load(self, path, directory):
        for entry in os.scandir(path):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                node = Directory()
                self._load(entry.path, node)
            elif stat.S_ISREG(status.st_mode):
                with open(entry.path, "rb") as stream:
                    node = File(stream.read())
                node.synced = node.data
            else:
                node = Special()
            directory.entries[entry.name] = node
        directory.synced = dict(directory.entries)

    # MARK: Finding

    def find(self, path):
        """The folder that holds a path, and the name in it; None for what lies outside of the roots."""
        for root, directory in self.roots.items():
            if path == root:
                return None
            if path.startswith(root + "/"):
                parts = path[len(root) + 1:].split("/")
                for part in parts[:-1]:
                    directory = directory.entries.get(part) if directory else None
                    if not isinstance(directory, Directory):
                        return None
                return directory, parts[-1]
        return None

    def node(self, path):
        if path in self.roots:
            return self.roots[path]
        found = self.find(path)
        return found[0].entries.get(found[1]) if found else None

    # MARK: Calls; each says whether anything changed

    def make(self, path, node):
        found = self.find(path)
        if not found or found[1] in found[0].entries:
            return False
        found[0].entries[found[1]] = node
        return True

    def opened(self, path, flags):
        node = self.node(path)
        if node is None:
            return "O_CREAT" in flags and self.make(path, File())
        if not isinstance(node, File):
            return False
        node.position = len(node.data) if "O_APPEND" in flags else 0
        if "O_TRUNC" in flags and node.data:
            node.data = b""
            return True
        return False

    def write(self, path, data, offset=None):
        node = self.node(path)
        if not isinstance(node, File):
            return False
        start = node.position if offset is None else offset
        node.data = node.data[:start].ljust(start, b"\0") + data + node.data[start + len(data):]
        if offset is None:
            node.position = start + len(data)
        return True

    def truncate(self, path, size):
        node = self.node(path)
        if not isinstance(node, File) or len(node.data) == size:
            return False
        node.data = node.data[:size].ljust(size, b"\0")
        return True

    def sync(self, path):
        node = self.node(path)
        if isinstance(node, File):
            node.synced = node.data
            return True
        if isinstance(node, Directory):
            node.synced = dict(node.entries)
            return True
        return False

    def rename(self, old, new):
        source, target = self.find(old), self.find(new)
        if not source or source[1] not in source[0].entries or not target:
            return False
        target[0].entries[target[1]] = source[0].entries.pop(source[1])
        return True

    def link(self, old, new):
        node = self.node(old)
        return node is not None and self.make(new, node)

    def remove(self, path):
        found = self.find(path)
        return bool(found and found[0].entries.pop(found[1], None))

    # MARK: After a power cut

    def states(self):
        """What may be on disk if the power goes now: pairs of a name and a tree of paths.

        - `synced`: what was promised and no more: entries of synced folders, contents of synced files.
        - `empty`, `zeros`, `short`: all entries, but contents that were not synced are lost: the file is as it was synced last (empty
          if it never was), has its new length but zeros where it changed, or has lost its end.
        - `all`: everything was written in time.
        """
        yield "synced", self._tree(lambda directory: directory.synced, lambda file: file.synced or b"")
        for loss in LOST_DATA:
            yield loss, self._tree(lambda directory: directory.entries, lambda file: lose(file, loss))
        yield "all", self.now()

    def now(self):
        return self._tree(lambda directory: directory.entries, lambda file: file.data)

    def _tree(self, entries, content):
        tree = {}

        def walk(path, directory):
            for name, node in entries(directory).items():
                place = f"{path}/{name}"
                if isinstance(node, Directory):
                    tree[place] = None
                    walk(place, node)
                elif isinstance(node, Special):
                    tree[place] = "pipe"
                # SQLite's shared memory is written through a map that strace does not see, and is made anew at the next start.
                elif not name.endswith("-shm"):
                    tree[place] = content(node)

        for root, directory in self.roots.items():
            walk(root, directory)
        return tree


def lose(file, loss):
    safe = file.synced or b""
    if file.data == file.synced or loss == "empty":
        return safe
    if loss == "short":
        return file.data[:(len(safe) + len(file.data)) // 2] if len(file.data) > len(safe) else safe
    # By pages, as a disk writes.
    pages = (file.data[at:at + 4096] for at in range(0, len(file.data), 4096))
    return b"".join(
        page if safe[number * 4096:(number + 1) * 4096] == page else bytes(len(page))
        for number, page in enumerate(pages))


def key(tree):
    """The same for equal trees."""
    digest = hashlib.sha256()
    for path in sorted(tree):
        content = tree[path]
        kind = "folder" if content is None else "pipe" if content == "pipe" else hashlib.sha256(content).hexdigest()
        digest.update(f"{path}\0{kind}\n".encode())
    return digest.digest()


# MARK: strace's log

CALLS = ("open,openat,openat2,creat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,"
         "mknod,mknodat,ftruncate,truncate,sendfile,copy_file_range,writev,pwritev,fallocate,link,linkat,symlink,symlinkat,ioctl")

LINE = re.compile(rb"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$", re.S)
DESCRIPTOR = re.compile(r"^(AT_FDCWD|-?\d+)(?:<((?:\\x[0-9a-f]{2}|[^>])*)>)?")


def text(hexadecimal):
    """What strace -xx wrote between quotes or brackets."""
    return bytes.fromhex(hexadecimal.replace("\\x", ""))


class Call:
    """One call that succeeded."""

    def __init__(self, name, arguments, result):
        self.name, self.arguments, self.result = name, arguments, result

    def path_of(self, index):
        """Of a descriptor."""
        found = DESCRIPTOR.match(self.arguments[index])
        path = text(found[2]).decode(errors="surrogateescape") if found and found[2] else ""
        return path.removesuffix(" (deleted)") if not path.endswith(" (deleted)") else ""

    def string(self, index):
        return text(self.arguments[index].strip('"'))

    def place(self, directory, name):
        """A path below an open folder."""
        path = self.string(name).decode(errors="surrogateescape")
        return os.path.normpath(path if path.startswith("/") else f"{self.path_of(directory)}/{path}")

    def plain(self, index):
        return os.path.normpath(self.string(index).decode(errors="surrogateescape"))


def split(arguments):
    """By the commas that stand outside of quotes and brackets."""
    parts, depth, start, is_quoted = [], 0, 0, False
    for at, letter in enumerate(arguments):
        if letter == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif letter in "{[<(":
            depth += 1
        elif letter in "}])" or letter == ">" and arguments[at - 1] != "=":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(arguments[start:at].strip())
            start = at + 1
    return parts + [arguments[start:].strip()]


def read_log(file):
    """The calls that succeeded, in the order in which they came back."""
    begun = {}
    with open(file, "rb") as stream:
        for line in stream:
            found = LINE.match(line.rstrip(b"\n"))
            if not found:
                continue
            thread, resumed, name, rest = found[1], found[2], found[3], found[4].decode("ascii", "replace")
            if resumed:
                name, first = begun.pop(thread)
                rest = first + rest
            elif rest.endswith("<unfinished ...>"):
                begun[thread] = (name, rest[:-len("<unfinished ...>")])
                continue
            body, equals, result = rest.rpartition(" = ")
            number = re.match(r"(-?\d+)", result)
            if not equals or not number or int(number[1]) < 0:
                continue
            yield Call(name.decode(), split(body.rstrip().removesuffix(")")), int(number[1]))


def apply(call, model):
    """Follows one call; says whether it may have changed what a power cut would leave."""
    name = call.name
    if name in ("open", "creat"):
        return model.opened(call.plain(0), call.arguments[1] if name == "open" else "O_CREAT|O_TRUNC")
    if name in ("openat", "openat2"):
        return model.opened(call.place(0, 1), call.arguments[2])
    if name == "write":
        return model.write(call.path_of(0), call.string(1)[:call.result])
    if name == "pwrite64":
        return model.write(call.path_of(0), call.string(1)[:call.result], int(call.arguments[3]))
    if name in ("fsync", "fdatasync"):
        return model.sync(call.path_of(0))
    if name == "rename":
        return model.rename(call.plain(0), call.plain(1))
    if name in ("renameat", "renameat2"):
        return model.rename(call.place(0, 1), call.place(2, 3))
    if name in ("unlink", "rmdir"):
        return model.remove(call.plain(0))
    if name == "unlinkat":
        return model.remove(call.place(0, 1))
    if name == "mkdir":
        return model.make(call.plain(0), Directory())
    if name == "mkdirat":
        return model.make(call.place(0, 1), Directory())
    if name in ("mknod", "mknodat"):
        path = call.plain(0) if name == "mknod" else call.place(0, 1)
        return model.make(path, Special() if "S_IFIFO" in "".join(call.arguments) else File())
    if name in ("ftruncate", "truncate"):
        return model.truncate(call.path_of(0) if name == "ftruncate" else call.plain(0), int(call.arguments[1]))
    if name == "link":
        return model.link(call.plain(0), call.plain(1))
    if name == "linkat":
        return model.link(call.place(0, 1), call.place(2, 3))
    if name == "sendfile":
        source = model.node(call.path_of(1))
        if model.node(call.path_of(0)) is None or call.result == 0:
            return False
        if not isinstance(source, File):
            raise ValueError(f"sendfile from {call.path_of(1)}, which is not followed")
        start = int(re.match(r"\[(\d+)\]", call.arguments[2])[1]) if call.arguments[2] != "NULL" else source.position
        return model.write(call.path_of(0), source.data[start:start + call.result])
    if name == "ioctl":
        if "FICLONE" not in call.arguments[1] or model.node(call.path_of(0)) is None:
            return False
        return model.write(call.path_of(0), model.node(call.path_of(2)).data, 0)
    # Nothing that reel is known to call; better to fail here than to follow it wrongly.
    if model.node(call.path_of(0)) is not None:
        raise ValueError(f"{name} is not followed")
    return False
