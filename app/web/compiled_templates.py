"""Templates as Python has compiled them, kept beside its own compiled modules: compiling them is slow.

Without them the first page after each start waits, and each process holds what the compiler left in its memory.
"""

import hashlib
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2 import Environment
from jinja2.bccache import Bucket, FileSystemBytecodeCache

FOLDER = Path(__file__).resolve().parent / "__pycache__" / "templates"


class KeptTemplates(FileSystemBytecodeCache):
    """What Jinja has compiled, in files that fit its version, the templates' text, and the filters known to it.

    A filter applied to a constant is computed when a template is compiled, so its text counts as well.
    Where the folder cannot be used nothing is kept.
    """

    def __init__(self, environment: Environment, folder: Path) -> None:
        super().__init__(str(folder))
        self._environment = environment

    @cached_property
    def _origin(self) -> str:
        functions = [*self._environment.filters.values(), *self._environment.tests.values()]
        modules = {getattr(function, "__module__", "") for function in functions}
        digest = hashlib.sha256(jinja2.__version__.encode())
        for name in sorted(modules):
            file = getattr(sys.modules.get(name), "__file__", None)
            digest.update(Path(file).read_bytes() if file else name.encode())
        return digest.hexdigest()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return what the file of a template is called after."""
        return hashlib.sha256(f"{self._origin} {name} {filename or ''}".encode()).hexdigest()[:32]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, where there is one."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, where that is possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def keep(environment: Environment, folder: Path = FOLDER) -> None:
    """Let the environment keep its compiled templates, unless Python was told to write no compiled files."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    environment.bytecode_cache = KeptTemplates(environment, folder)
