// Relative positions along each axis, weighed by the queries.
#include <algorithm>
#include <cmath>

#include "zoo/nn/rel_pos.h"

namespace lathe::zoo::nn {
namespace {

// Row of the table for each query and key of one axis.
Tensor axis_index(int64_t queries, int64_t keys, bool keys_first) {
    const double q_step = std::max(static_cast<double>(keys) / static_cast<double>(queries), 1.0);
    const double k_step = std::max(static_cast<double>(queries) / static_cast<double>(keys), 1.0);
    std::vector<int64_t> index;
    for (int64_t q = 0; q < queries; ++q)
        for (int64_t k = 0; k < keys; ++k)
            index.push_back(keys_first ? k - q + keys - 1
                                       : static_cast<int64_t>(static_cast<double>(q) * q_step +
                                                              static_cast<double>(keys - 1 - k) * k_step));
    return tensor_from_ints(DType::kI64, {queries, keys}, index);
}

// table [offsets, size] -> [queries, size, keys].
ValueId rows_of(Net& net, ValueId table, int64_t queries, int64_t keys, bool keys_first) {
    const Tensor index = axis_index(queries, keys, keys_first);
    const std::vector<int64_t> rows = index.to_ints();
    if (*std::ranges::max_element(rows) >= net.dim(table, 0))
        net.fail_with(format("a table of {} relative positions is too short for {} queries and {} keys",
                             net.dim(table, 0), queries, keys));
    const ValueId picked = net.b.add("gather", {table, net.shared_constant("relative_position_index", index)},
                                     {{"axis", int64_t{0}}});  // [queries, keys, size]
    return net.transpose(picked, {0, 2, 1});
}

}  // namespace

ValueId decomposed_rel_pos(Net& net, ValueId q, ValueId table_h, ValueId table_w, Size2 queries, Size2 keys,
                           bool keys_first) {
    const int64_t heads = net.dim(q, 1), size = net.dim(q, 3);
    q = net.reshape(q, {kBatch, heads, queries.h, queries.w, size});
    const ValueId rows =
        net.matmul(q, rows_of(net, table_h, queries.h, keys.h, keys_first));  // [b, heads, qh, qw, kh]
    const ValueId turned = net.transpose(q, {0, 1, 3, 2, 4});
    const ValueId columns =
        net.transpose(net.matmul(turned, rows_of(net, table_w, queries.w, keys.w, keys_first)),
                      {0, 1, 3, 2, 4});  // [b, heads, qh, qw, kw]
    const ValueId bias = net.add(net.unsqueeze(rows, {5}), net.unsqueeze(columns, {4}));
    return net.reshape(bias, {kBatch, heads, queries.h * queries.w, keys.h * keys.w});
}

Result<Tensor> resize_offsets(const Tensor& found, int64_t offsets) {
    if (found.rank() != 2 || found.dim(0) < 1)
        return fail("a table of relative positions is {}, expected 2 axes", to_string(found.shape()));
    const int64_t rows = found.dim(0), size = found.dim(1);
    const std::vector<double> from = found.to_doubles();
    std::vector<double> to;
    for (int64_t i = 0; i < offsets; ++i) {
        const double at = std::max(
            (static_cast<double>(i) + 0.5) * static_cast<double>(rows) / static_cast<double>(offsets) - 0.5,
            0.0);
        const int64_t low = std::min(static_cast<int64_t>(at), rows - 1), high = std::min(low + 1, rows - 1);
        const double share = at - static_cast<double>(low);
        for (int64_t c = 0; c < size; ++c)
            to.push_back((1 - share) * from[static_cast<size_t>(low * size + c)] +
                         share * from[static_cast<size_t>(high * size + c)]);
    }
    return tensor_from_doubles(DType::kF32, {offsets, size}, to);
}

}  // namespace lathe::zoo::nn
