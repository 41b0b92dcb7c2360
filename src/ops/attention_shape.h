// The sizes of an attention, and its body in simpler operators.
#pragma once
#include <functional>
#include <string>

#include "graph/contexts.h"
#include "ops/move.h"

namespace lathe::ops {

struct AttentionDims {
    graph::Dim batch, q_heads, kv_heads;
    graph::Dim queries, keys, past, total;  // positions; total = past + keys
    graph::Dim key_size, value_size;        // of one head
    bool merged = false;                    // operands are 3-D: heads lie side by side in the last axis

    graph::Dims y() const;
};

// From the operands' shapes by place (nothing: absent). Errors: ranks, heads, or sizes that do not fit each other.
Result<AttentionDims> attention_dims(const graph::AttrReader& c,
                                     const std::function<std::optional<graph::Dims>(int)>& shape);

// For OpDef::write_body. A query that may see no key at all gets the mean of the values rather than 0. Errors: heads of
// unknown sizes, masks shorter than the keys, numeric masks or values of another type than q.
Result<std::string> write_attention(const graph::InferContext& c);

}  // namespace lathe::ops
