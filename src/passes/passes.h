// Passes: graph -> graph, the same function computed in another way. Each takes the graph by value (move it in) and
// returns the changed one; weights that a pass replaces are released as it goes, so peak memory stays near one copy.
#pragma once
#include <string>

#include "graph/graph.h"

namespace lathe::passes {

using graph::Graph;

// Replaces symbols of the inputs by sizes ("batch" = 1) and infers every shape again.
// Errors: a symbol that the graph does not have (naming those it has), a size below 1, shapes that cannot agree.
Result<Graph> bind_symbols(Graph graph, const graph::Bindings& sizes);

// Evaluates nodes whose operands are all constants, and integer vectors whose contents are known, once. Results larger
// than 64 kB that are more than their operands together (expand, tile) stay nodes.
Result<Graph> fold_constants(Graph graph);

// batch_norm with constant statistics becomes a multiplication and an addition; per-channel multiplications and
// additions right behind a conv (or multiplications behind a matmul by a constant) move into its weight and bias.
// w'[o] = w[o]*m[o], b'[o] = b[o]*m[o] + a[o], computed in double and rounded once.
Result<Graph> fold_batch_norm(Graph graph);

// Sums of branches that are linear in the same image (convolutions without dilation, constants per channel, the image
// itself) become one convolution: the branches of RepVGG, MobileOne and FastViT, and plain residuals around one
// convolution. After fold_batch_norm. Computed in double and rounded once.
Result<Graph> merge_branches(Graph graph);

// Removes what does nothing: identity, dropout, a cast to the same type, transposes that undo each other, reshape to
// the same shape, + 0, * 1; then dead code.
Result<Graph> simplify(Graph graph);

// The recognise_… passes put one operator in place of those that spell it out, where nobody needs what lies between. They are for engines:
// formats have spellings of their own.
//
// silu, gelu, mish, hard_swish and elu, as quotients, exponentials, error functions and clamps.
Result<Graph> recognise_activations(Graph graph);
// layer_norm and rms_norm, with their constant scales and biases, from means of squares; a norm along an axis that is not the
// last gets transposes around it.
Result<Graph> recognise_norms(Graph graph);
// rotary_embedding by halves or by neighbours, with tables that broadcast over batch and heads. After recognise_norms.
Result<Graph> recognise_rotary(Graph graph);
// attention from products, numbers that scale them, a mask that is added, and a softmax. A query whose mask lets it see no key
// gets 0, where the softmax of nothing is not a number. After recognise_rotary.
Result<Graph> recognise_attention(Graph graph);
// All of them.
Result<Graph> recognise_operators(Graph graph);

// Images [N, C, H, W] among the inputs become [N, H, W, C], with a transpose behind each. Errors: there are none.
Result<Graph> nhwc_inputs(Graph graph);

// Keeps only the named outputs. Errors: a name that is no output (naming those there are).
Result<Graph> keep_outputs(Graph graph, const std::vector<std::string>& names);

}  // namespace lathe::passes
