"""A running world as compiled code sees it: one pointer to where its arrays lie.

Compiled code borrows the arrays. It neither makes nor keeps any, so it counts no references (a locked instruction
each time), and a call from Python passes one word. The world keeps its arrays alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import default_manager, models
from numba.core.extending import NativeValue, infer_getattr, lower_getattr_generic, typeof_impl, unbox
from numba.core.typing.templates import AttributeTemplate

from cxsim.behaviour.state import WORLD_FIELDS


class WorldType(types.Type):
    """The compiled type of a world: its fields, by name, all of them arrays."""

    def __init__(self, fields: tuple[tuple[str, types.Array], ...]) -> None:
        self.fields = dict(fields)
        super().__init__(name=f"World({fields})")

    @property
    def mangling_args(self) -> tuple[str, tuple[str, ...]]:
        """A short name: left alone, every compiled function's symbol spells out all the fields of the world."""
        return "World", (blake2b(self.name.encode(), digest_size=6).hexdigest(),)


default_manager.register(WorldType, models.OpaqueModel)


class World:
    """All a running replication holds; make one with :func:`make_world`."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._arrays = {name: arrays[name] for name in WORLD_FIELDS}
        self._numba_type_ = WorldType(tuple((name, _kind_of(a)) for name, a in self._arrays.items()))
        self._places: dict[str, slice] = {}
        words: list[int] = []
        for name, array in self._arrays.items():
            described = _described(array)
            self._places[name] = slice(len(words), len(words) + len(described))
            words += described
        self._words = np.array(words, np.int64)
        self.address = self._words.ctypes.data

    def put(self, name: str, array: np.ndarray) -> None:
        """Go on with another array of the same kind (a longer one, the old one copied in)."""
        if _kind_of(array) != _kind_of(self._arrays[name]):
            raise TypeError(f"{name}: {array.dtype} of {array.ndim} dimensions is not what this world is made of")
        self._arrays[name] = array
        self._words[self._places[name]] = _described(array)


_kinds: dict[tuple[object, ...], types.Array] = {}


def _kind_of(array: np.ndarray) -> types.Array:
    """The compiled type of an array; found once for arrays that are alike, since it takes long for records."""
    flags = array.flags
    alike = (array.dtype, array.ndim, flags.c_contiguous, flags.f_contiguous, flags.aligned, flags.writeable)
    if alike not in _kinds:
        _kinds[alike] = numba.typeof(array)
    return _kinds[alike]


def _described(array: np.ndarray) -> list[int]:
    """An array as compiled code knows it: no owner, number of items, their size, address, shape, strides."""
    return [0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]


def make_world(arrays: Mapping[str, np.ndarray]) -> World:
    """Tie arrays into a world; the arrays stay shared with the caller.

    Examples
    --------
    >>> arrays = {name: np.zeros(1) for name in WORLD_FIELDS}
    >>> type(make_world(arrays)).__name__
    'World'
    """
    return World(arrays)


@typeof_impl.register(World)
def _type_of_world(world: World, context: Any) -> WorldType:
    return world._numba_type_


@unbox(WorldType)
def _unbox_world(kind: WorldType, world: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(world, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class _Fields(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, world: WorldType, name: str) -> types.Array | None:
        return world.fields.get(name)


@lower_getattr_generic(WorldType)
def _read_field(context: Any, builder: Any, world: WorldType, pointer: Any, name: str) -> Any:
    """Load an array from where `_described` wrote it; nobody owns it, which the compiler may as well know."""
    layout = ir.LiteralStructType([context.get_value_type(field) for field in world.fields.values()])
    place = list(world.fields).index(name)
    words = builder.bitcast(pointer, layout.as_pointer())
    held = builder.load(cgutils.gep_inbounds(builder, words, 0, place))
    array = context.make_array(world.fields[name])(context, builder, held)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    return array._getvalue()
