"""Ask the processor for a record before it is read."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.extending import intrinsic

CACHE_LINE = 64


@intrinsic
def prefetch(typing_context: Any, array: Any, i: Any) -> Any:
    """Fetch record `i` of an array into the cache while something else is done (reads and writes nothing)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        records = context.make_array(kind)(context, builder, arguments[0])
        bytes_ = ir.IntType(8).as_pointer()
        offset = builder.mul(arguments[1], ir.Constant(arguments[1].type, kind.dtype.size))
        start = builder.gep(builder.bitcast(records.data, bytes_), [offset])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [bytes_], ir.FunctionType(
            ir.VoidType(), [bytes_, ir.IntType(32), ir.IntType(32), ir.IntType(32)]))
        for line in range(0, kind.dtype.size, CACHE_LINE):
            place = builder.gep(start, [ir.Constant(ir.IntType(64), line)])
            builder.call(fetch, [place, *(ir.Constant(ir.IntType(32), word) for word in (1, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, i), generate
