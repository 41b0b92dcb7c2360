// Which nodes of a graph compute with codes when it is quantised statically, and which values have them.
#pragma once
#include <optional>

#include "passes/quantize_static.h"

namespace lathe::passes {

enum class Role : uint8_t {
    kFloat,
    kProduct,  // conv, gemm, matmul by a constant
    kElement,  // codes in, codes of another scale out: add, mul, global_avg_pool, reduce_mean
    kMove,  // codes in, the same scale out: max_pool, avg_pool, reshape, concat, ...
    kUnary,  // a function of one value, in f32
};

struct StaticPlan {
    // By node:
    std::vector<Role> roles;
    std::vector<bool> integer;  // takes codes; of nodes that were fused, the first says it
    std::vector<size_t> head;  // of the nodes that are fused with it: itself, where nothing is
    std::vector<size_t> tail;  // the last of those, for a head
    std::vector<std::string> why;  // a product stays f32
    // By value:
    std::vector<bool> quantised;
    std::vector<bool> from_integer;  // what makes it takes codes
    std::vector<bool> derived;  // its scale is that of the operands it was moved from
    std::vector<size_t> scale;  // values with the same number share a scale

    bool is_integer(size_t node) const { return integer[head[node]]; }
};

Result<StaticPlan> plan_static(const Graph& graph, const StaticOptions& options);

// The operands of an integer node that are activations: all of them for kElement and kMove without parameters.
std::vector<size_t> activation_operands(const graph::Node& node, Role role);

// Errors: a pattern that no node has.
Status check_patterns(const Graph& graph, const std::vector<Pattern>& patterns);
bool is_kept(const graph::Node& node, const std::vector<Pattern>& patterns);
// The constant f32 matrix or filter that a conv, gemm, matmul or conv_transpose multiplies with.
std::optional<Tensor> constant_weight(const Graph& graph, const graph::Node& node);

}  // namespace lathe::passes
