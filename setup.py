# SPDX-License-Identifier: MIT
"""Puts ``resources`` and ``migrations`` into the built package; all else is in pyproject.toml.

The two folders lie at the top of the source tree, where setuptools does not take package data
from. An editable install needs no copy: ``core/resources.py`` finds them beside ``src``.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


def shipped_files(top: Path = Path()) -> list[Path]:
    """Return what an installed copy needs from outside the package, relative to ``top``.

    Everything in ``resources`` but the scripts that made it; of ``migrations`` what Alembic runs.
    ``build.spec`` asks here too.
    """
    found = [path for path in top.glob("resources/**/*") if path.suffix not in (".py", ".pyc")]
    found += [top / "migrations" / "env.py", *top.glob("migrations/versions/*.py")]
    return sorted(path.relative_to(top) for path in found if path.is_file())


class BuildWithShippedFiles(build_py):
    """Builds the package and copies the shipped files into it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source, target in self._shipped().items():
                self.mkpath(str(Path(target).parent))
                self.copy_file(source, target, preserve_mode=False)

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *self._shipped()]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        ours = [] if self.editable_mode else self._shipped().values()
        return [*super().get_outputs(include_bytecode), *ours]

    def _shipped(self) -> dict[str, str]:
        package = Path(self.build_lib, "mediyn_desktop")
        return {str(path): str(package / path) for path in shipped_files()}


if __name__ == "__main__":
    setup(cmdclass={"build_py": BuildWithShippedFiles})
