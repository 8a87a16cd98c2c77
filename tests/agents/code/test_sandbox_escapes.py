"""Ways out of the sandbox: each is tried at both walls, the reading of the code and the process."""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic_monty import MontyError

from agents.code.errors import SandboxError
from agents.code.sandbox import Sandbox
from agents.code.workers import Workers
from tests.agents.code.conftest import LIMITS

SECRET = "only-the-host-knows"

FILES = [
    "open('{file}').read()",
    "open('{file}', 'w').write('x')",
    "open('{file}', 'rb')",
    "open(0).read()",
    "open('/proc/self/environ').read()",
    "open('/etc/passwd').read()",
    "with open('{file}') as f:\n    return f.read()",
    "print('x', file=open('{file}', 'a'))",
    "import io\nio.open('{file}').read()",
    "import io\nio.FileIO('{file}').read()",
    "import os\nos.open('{file}', os.O_RDONLY)",
    "import os\nos.listdir('/')",
    "import os\nlist(os.scandir('/'))",
    "import os\nos.remove('{file}')",
    "import os\nos.rename('{file}', '{file}2')",
    "import os\nos.mkdir('{file}.d')",
    "import os\nos.symlink('/', '{file}.link')",
    "import os\nos.chdir('/tmp')",
    "import os\nlist(os.walk('/'))[0]",
    "import os\nos.stat('{file}').st_size",
    "from os import listdir\nlistdir('.')",
    "from pathlib import Path\nPath('{file}').read_text()",
    "from pathlib import Path\nPath('{file}').read_bytes()",
    "from pathlib import Path\nPath('{file}').write_text('x')",
    "from pathlib import Path\nPath('{file}').open().read()",
    "from pathlib import Path\nPath('{file}').unlink()",
    "from pathlib import Path\nPath('{file}').rename('{file}2')",
    "from pathlib import Path\nPath('{file}.d').mkdir()",
    "from pathlib import Path\nstr(list(Path('/').iterdir()))",
    "from pathlib import Path\nlist(Path('/').glob('*'))[0]",
    "from pathlib import Path\nPath('{file}').stat().st_size",
    "from pathlib import Path\nstr(Path('../../../..{file}').resolve().read_text())",
    "import posixpath\nposixpath.getsize('{file}')",
    "import shutil\nshutil.copy('{file}', '/tmp/x')",
    "import tempfile\ntempfile.mkstemp()",
    "import glob\nglob.glob('/*')",
    "import fileinput\nlist(fileinput.input('{file}'))",
    "import linecache\nlinecache.getlines('{file}')",
    "import json\njson.load(open('{file}'))",
    "import tomllib\ntomllib.load(open('{file}', 'rb'))",
    "import csv\nlist(csv.reader(open('{file}')))",
    "import sqlite3\nsqlite3.connect('{file}')",
    "import mmap\nmmap.mmap(-1, 10)",
]

ENVIRONMENT = [
    "import os\nos.environ['HEDDLE_TEST_SECRET']",
    "import os\nos.getenv('HEDDLE_TEST_SECRET') + ''",
    "import os\nos.environb",
    "import os\nos.putenv('A', 'B')",
    "from os import environ\ndict(environ)",
    "import pathlib\npathlib.Path.home().read_text()",
    "import posixpath\n'$' not in posixpath.expandvars('$HEDDLE_TEST_SECRET') or 1 / 0",
    "import getpass\ngetpass.getuser()",
    "import platform\nplatform.node()",
    "import site\nsite.getsitepackages()",
    "import sysconfig\nsysconfig.get_paths()",
    "import sys\nsys.modules",
    "import sys\nsys.path",
    "import sys\nsys._getframe()",
    "import sys\nsys.meta_path",
    "import sys\nsys.stdin.read()",
    "import sys\nsys.exit()",
]

NETWORK = [
    "import socket\nsocket.create_connection(('127.0.0.1', {port}))",
    "import _socket\n_socket.socket()",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}')",
    "from urllib.request import urlopen\nurlopen('file://{file}')",
    "import http.client\nhttp.client.HTTPConnection('127.0.0.1', {port})",
    "import httpx\nhttpx.get('http://127.0.0.1:{port}')",
    "import requests\nrequests.get('http://127.0.0.1:{port}')",
    "import ssl\nssl.create_default_context()",
    "import asyncio\nasyncio.open_connection('127.0.0.1', {port})",
    "import ftplib\nftplib.FTP('127.0.0.1')",
    "import smtplib\nsmtplib.SMTP('127.0.0.1')",
    "import xmlrpc.client\nxmlrpc.client.ServerProxy('http://127.0.0.1:{port}')",
    "import webbrowser\nwebbrowser.open('http://127.0.0.1:{port}')",
]

PROCESSES = [
    "import os\nos.system('touch {file}2')",
    "import os\nos.popen('touch {file}2')",
    "import os\nos.fork()",
    "import os\nos.execv('/bin/sh', ['sh'])",
    "import os\nos.kill(1, 9)",
    "import os\nos._exit(1)",
    "import os\nos.urandom(8)",
    "import posix\nposix.system('touch {file}2')",
    "import subprocess\nsubprocess.run(['touch', '{file}2'])",
    "import multiprocessing\nmultiprocessing.Process()",
    "import threading\nthreading.Thread()",
    "import _thread\n_thread.start_new_thread(print, ())",
    "import concurrent.futures\nconcurrent.futures.ProcessPoolExecutor()",
    "import asyncio\nasyncio.create_subprocess_shell('touch {file}2')",
    "import signal\nsignal.alarm(1)",
    "import ctypes\nctypes.CDLL(None)",
    "import cffi\ncffi.FFI()",
    "import pty\npty.spawn('/bin/sh')",
    "import resource\nresource.setrlimit(0, (1, 1))",
]

IMPORTS = [
    "import agents.code.sandbox",
    "from agents.code import sandbox",
    "import runtime",
    "import tests",
    "import pydantic_monty",
    "import msgspec",
    "import builtins\nbuiltins.open",
    "import __main__\n__main__.x",
    "import importlib\nimportlib.import_module('os')",
    "from importlib import import_module",
    "import imp",
    "import pkgutil",
    "import runpy\nrunpy.run_path('{file}')",
    "import zipimport",
    "import pickle\npickle.loads(b'')",
    "import marshal",
    "import inspect",
    "import gc\ngc.get_objects()",
    "import types\ntypes.FunctionType",
    "import code",
    "import ast",
    "import dis",
    "import weakref",
    "import operator\noperator.attrgetter('__class__')",
    "__import__('os')",
    "from json import os",
    "from json import __builtins__",
    "import json\njson.decoder",
    "import json\njson.codecs",
    "import random\nrandom._os",
    "import re\nre.enum",
    "import typing\ntyping.sys",
    "import dataclasses\ndataclasses.sys",
    "import collections\ncollections._sys",
    "import functools\nfunctools.__builtins__",
]

WALKS = [
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__",
    "[].__class__.__base__",
    "type(1).__mro__",
    "type(1).__subclasses__(type)",
    "object.__subclasses__()",
    "(lambda: 1).__globals__",
    "(lambda: 1).__code__",
    "(lambda: 1).__closure__",
    "print.__self__",
    "print.__module__",
    "len.__call__([])",
    "''.join.__self__",
    "[].append.__self__",
    "given.__dict__",
    "given.__init__",
    "given.__getattribute__('a')",
    "given.__reduce_ex__(2)",
    "def f(): pass\nf.__builtins__",
    "class A: pass\nA().__class__.__base__.__subclasses__()",
    "class A: pass\nA.__dict__",
    "class A: pass\nA.__init__.__globals__",
    "class A: pass\nA().__class__ = int",
    "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame",
    "try:\n    1 / 0\nexcept Exception as e:\n    e.__context__.x",
    "import json\njson.__dict__",
    "import json\njson.__loader__",
    "import json\njson.__spec__.loader",
    "import json\njson.dumps.__globals__",
    "__builtins__",
    "__builtins__['open']",
    "__loader__",
    "__spec__.loader",
    "__file__.x",
    "getattr((), '__class__')",
    "getattr((), '__cla' + 'ss__')",
    "getattr(print, '__self__')",
    "getattr(lambda: 1, '__globals__')",
    "setattr(given, '__class__', int)",
    "'{0.__class__}'.format(given)",
    "'{0.__class__.__init__}'.format(given)",
    "'{a.__globals__}'.format(a=lambda: 1)",
    "'{a[__class__]}'.format(a=given)",
    "f'{given.__class__}'",
    "'%(__class__)s' % given",
    "type('X', (object,), {'__init__': 1})().__init__.x",
    "type.__call__(int)",
    "super().__init__()",
    "vars(given)",
    "dir(given)",
    "globals()['x']",
    "import functools\nfunctools.partial(print).__self__",
    "import functools\nfunctools.partial(print).func.__self__",
    "import re\nre.compile('a').__class__",
    "import datetime\ndatetime.datetime.__subclasses__()",
]

TEXT_AS_CODE = [
    "eval('1')",
    "exec('x = 1')",
    "compile('1', 'a', 'eval')",
    "list(map(eval, ['1']))",
    "[eval][0]('1')",
    "(lambda run=eval: run('1'))()",
    "from builtins import eval as run\nrun('1')",
    "import typing\ntyping.get_type_hints(1)",
    "import timeit\ntimeit.timeit('1')",
    "import pdb\npdb.run('1')",
    "help()",
    "input()",
    "breakpoint()",
    "exit()",
    "quit()",
    "global leak\nleak = 1",
    "def f():\n    global leak\n    leak = 1\nf()",
]

# What the process itself takes, though it leads nowhere: only the reading of the code stops it.
HARMLESS_INSIDE = {
    "class A: pass\nA().__class__ = int",
    "import os\nos.chdir('/tmp')",
    "eval('1')",
    "exec('x = 1')",
    "list(map(eval, ['1']))",
    "[eval][0]('1')",
    "(lambda run=eval: run('1'))()",
    "global leak\nleak = 1",
    "def f():\n    global leak\n    leak = 1\nf()",
}

ALL = [*FILES, *ENVIRONMENT, *NETWORK, *PROCESSES, *IMPORTS, *WALKS, *TEXT_AS_CODE]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One for all attempts, so that each also meets what those before it may have left."""
    async with Sandbox(LIMITS, workers=1) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    made = Workers(LIMITS, 1)
    yield made
    await made.close()


class Host:
    """What an attempt is after: a file, a variable of the environment and an open port."""

    def __init__(self, folder: Path, server: socket.socket) -> None:
        self.folder = folder
        self.file = folder / "host.txt"
        self.file.write_text(SECRET)
        self.server = server

    def aim(self, code: str) -> str:
        port = str(self.server.getsockname()[1])
        return code.replace("{file}", str(self.file)).replace("{port}", port)

    def is_untouched(self) -> bool:
        try:
            self.server.accept()
        except BlockingIOError:  # nobody called
            return os.listdir(self.folder) == ["host.txt"] and self.file.read_text() == SECRET
        return False


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("HEDDLE_TEST_SECRET", SECRET)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Host(tmp_path, server)


@pytest.mark.parametrize("code", ALL)
async def test_no_way_leads_out(sandbox: Sandbox, host: Host, code: str) -> None:
    with pytest.raises(SandboxError) as caught:
        await sandbox.run(host.aim(code), {"given": {"a": 1}})

    assert SECRET not in str(caught.value)
    assert host.is_untouched()
    assert await sandbox.evaluate("1 + 1", {}) == 2


@pytest.mark.parametrize("code", [code for code in ALL if code not in HARMLESS_INSIDE])
async def test_no_way_leads_out_of_the_process_either(
    workers: Workers, host: Host, code: str
) -> None:
    session = await workers.lend()
    body = "\n".join(f" {line}" for line in host.aim(code).split("\n"))

    with pytest.raises(MontyError) as caught:
        await session.feed(f"def f(given):\n{body}\nf({{'a': 1}})")

    workers.give_back(session, whole=False)
    assert SECRET not in str(caught.value)
    assert host.is_untouched()
