// Matrix products.
#include <algorithm>

#include "graph/contexts.h"
#include "run/cpu/bf16_work.h"
#include "run/cpu/product_work.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct Operands {
    View a, b;  // [..., M, K] and [..., K, N]
    ValueId b_id = kNoValue;
    bool b_is_known = false;  // one constant matrix for all rows of a; b has its shape and no buffer
    bool b_is_turned = false;  // columns are the constant's rows
    float alpha = 1;  // of b
    std::vector<float> bias;
};

std::optional<Operands> operands_of(Lowering& lowering, const Node& node) {
    for (const ValueId id : node.inputs)
        if (id != kNoValue && lowering.dtype(id) != DType::kF32) return std::nullopt;
    Operands found{.a = lowering.view(node.inputs[0]), .b_id = node.inputs[1]};
    const Tensor* constant = lowering.constant(found.b_id);
    if (constant != nullptr && constant->rank() == 2) {
        found.b_is_known = true;
        found.b = {0, 0, constant->shape(), row_major_strides(constant->shape())};
    } else found.b = lowering.view(found.b_id);
    if (found.a.rank() < 2 || found.b.rank() < 2) return std::nullopt;
    if (node.op->name == "matmul") return found;
    const graph::AttrReader attrs(*node.op, node.attrs);
    const auto turn = [](View& view) {
        std::swap(view.shape[0], view.shape[1]);
        std::swap(view.strides[0], view.strides[1]);
    };
    if (attrs.flag("transA")) turn(found.a);
    found.b_is_turned = attrs.flag("transB");
    if (found.b_is_turned) turn(found.b);
    found.alpha = static_cast<float>(attrs.number("alpha"));
    if (found.alpha != 1 && !found.b_is_known) return std::nullopt;
    if (node.inputs.size() < 3 || node.inputs[2] == kNoValue) return found;
    const Tensor* c = lowering.constant(node.inputs[2]);
    const int64_t columns = found.b.shape[1];
    if (c == nullptr || (c->rank() == 2 && c->dim(0) != 1) || (c->count() != columns && c->count() != 1))
        return std::nullopt;
    found.bias = lowering.floats(node.inputs[2]);
    found.bias.resize(static_cast<size_t>(columns), found.bias[0]);
    for (float& x : found.bias) x *= static_cast<float>(attrs.number("beta"));
    return found;
}

Product product_of(const Epilogue& epilogue, size_t depth, size_t columns) {
    return {.depth = depth,
            .columns = columns,
            .c_stride = static_cast<int64_t>(columns),
            .low = epilogue.low,
            .high = epilogue.high};
}

View packed_matrix(Lowering& lowering, const Operands& operands) {
    const Kernels& kernels = lowering.kernels();
    const auto depth = static_cast<size_t>(operands.b.shape[0]),
               columns = static_cast<size_t>(operands.b.shape[1]);
    const bool turned = operands.b_is_turned;
    const auto pack = [&] {
        // Transposed weights stay as they lie; what no f32 may be read from is moved.
        Tensor b = lowering.whole_constant(operands.b_id);
        if (reinterpret_cast<uintptr_t>(b.storage().data()) % sizeof(float) != 0) b = b.to_contiguous();
        Shape strides = b.contiguous() ? row_major_strides(b.shape()) : b.strides();
        if (turned) std::swap(strides[0], strides[1]);
        return pack_matrix(lowering.c, reinterpret_cast<const float*>(b.storage().data()), strides[0],
                           strides[1], depth, columns, operands.alpha);
    };
    std::function<Tensor(const SharedBytes&)> unpack;
    if (operands.alpha == 1)
        unpack = [=, panel = static_cast<size_t>(kernels.panel),
                  shape = lowering.shape(operands.b_id)](const SharedBytes& bytes) {
            TensorBuilder builder(DType::kF32, shape);
            const auto across = static_cast<int64_t>(turned ? depth : columns);
            unpack_matrix(bytes, panel, depth, columns, builder.values<float>().data(), turned ? 1 : across,
                          turned ? across : 1);
            return builder.finish();
        };
    return lowering.packed(
        operands.b_id, format("product {} {} {}", turned ? "turned" : "plain", operands.alpha, kernels.name),
        pack, std::move(unpack));
}

// One matrix b for all rows of a.
void shared_matrix(Lowering& lowering, const Group& group, Operands operands) {
    const Kernels& kernels = lowering.kernels();
    const Shape& shape = lowering.shape(lowering.graph().nodes[group.nodes[0]].outputs[0]);
    const int64_t depth = operands.b.shape[0], columns = operands.b.shape[1];
    const int64_t rows = columns == 0 ? 0 : element_count(shape) / columns;
    auto a = reshaped(operands.a, {rows, depth});
    if (!a || (depth > 1 && a->strides[1] != 1))
        a = reshaped(lowering.dense(operands.a, row_major(operands.a.rank()), DType::kF32), {rows, depth});
    if (lowering.c.options.bf16) {
        const Bf16Operands bf16{.depth = static_cast<size_t>(depth),
                                .columns = static_cast<size_t>(columns),
                                .positions = static_cast<size_t>(rows),
                                .x = *a,
                                .row_stride = a->strides[0],
                                .weights_id = operands.b_id,
                                .weight_column = operands.b_is_turned ? depth : 1,
                                .weight_depth = operands.b_is_turned ? 1 : columns,
                                .factor = operands.alpha};
        return add_bf16_step(lowering, group, bf16,
                             make_epilogue(lowering, group, row_major(shape.size()), shape.size() - 1,
                                           std::move(operands.bias)));
    }
    const View packed = packed_matrix(lowering, operands);
    const Epilogue epilogue =
        make_epilogue(lowering, group, row_major(shape.size()), shape.size() - 1, std::move(operands.bias));
    const auto bias = bias_view(lowering, epilogue, static_cast<size_t>(columns));
    std::vector<View> touched = epilogue.touched();
    touched.push_back(*a);
    touched.push_back(packed);
    if (bias) touched.push_back(*bias);
    Product product = product_of(epilogue, static_cast<size_t>(depth), static_cast<size_t>(columns));
    product.a_stride = a->strides[0];
    const ProductTasks tasks = share_product(kernels, static_cast<size_t>(rows), product.columns,
                                             product.depth, lowering.threads(), epilogue.chain != nullptr);
    lowering.add_step(lowering.describe(group, format("product {}", kernels.name)), touched,
                      [=, &kernels, a = *a](const Run& run) -> Status {
                          Product one = product;
                          one.a = run.floats(a);
                          one.b = run.floats(packed);
                          one.bias = bias ? run.floats(*bias) : nullptr;
                          one.c = run.floats(epilogue.value);
                          run.threads.parallel_for(tasks.count(), [&](size_t task) {
                              const size_t row = task / tasks.across() * tasks.row_step,
                                           panel = task % tasks.across() * tasks.panel_step;
                              const size_t last = std::min(tasks.rows, row + tasks.row_step),
                                           last_panel = std::min(tasks.panels, panel + tasks.panel_step);
                              kernels.product(one, row, last, panel, last_panel);
                              const auto width = static_cast<size_t>(kernels.panel);
                              if (epilogue.chain)
                                  epilogue.chain->run(run, kernels, row, last, panel * width,
                                                      std::min(one.columns, last_panel * width));
                          });
                          return {};
                      });
}

// A matrix b for each batch, or one that only the run tells: packed when it is there.
void batched(Lowering& lowering, const Group& group, Operands operands) {
    const Kernels& kernels = lowering.kernels();
    const Shape& shape = lowering.shape(lowering.graph().nodes[group.nodes[0]].outputs[0]);
    const size_t rank = shape.size();
    const int64_t rows = shape[rank - 2], columns = shape[rank - 1],
                  depth = operands.b.shape[operands.b.rank() - 2];
    View a = operands.a;
    if (depth > 1 && a.strides.back() != 1) a = lowering.dense(a, row_major(a.rank()), DType::kF32);
    const Shape batch_shape(shape.begin(), shape.end() - 2);
    const auto matrices = [&](const View& view) {
        Shape whole = batch_shape;
        whole.insert(whole.end(), view.shape.end() - 2, view.shape.end());
        return broadcast_to(view, whole);
    };
    // Distinct matrices of b only once.
    const View wide_a = matrices(a), wide_b = matrices(operands.b);
    struct Place {
        int64_t a, packed;
    };
    std::vector<Place> places;
    std::vector<int64_t> sources;  // of b's matrices
    std::map<int64_t, int64_t> known;
    Shape index(batch_shape.size(), 0);
    for (int64_t left = element_count(batch_shape); left > 0; --left) {
        int64_t at_a = 0, at_b = 0;
        for (size_t i = 0; i < index.size(); ++i)
            at_a += index[i] * wide_a.strides[i], at_b += index[i] * wide_b.strides[i];
        const auto [found, fresh] = known.emplace(at_b, static_cast<int64_t>(sources.size()));
        if (fresh) sources.push_back(at_b);
        places.push_back({at_a, found->second});
        for (size_t i = index.size(); i-- > 0;) {
            if (++index[i] < batch_shape[i]) break;
            index[i] = 0;
        }
    }
    const auto panel = static_cast<size_t>(kernels.panel);
    const size_t panels = (static_cast<size_t>(columns) + panel - 1) / panel,
                 matrix = panels * panel * static_cast<size_t>(depth);
    const View packed = lowering.scratch_floats(matrix * sources.size());
    const Epilogue epilogue =
        make_epilogue(lowering, group, row_major(rank), rank - 1, std::move(operands.bias));
    const auto bias = bias_view(lowering, epilogue, static_cast<size_t>(columns));
    std::vector<View> touched = epilogue.touched();
    touched.insert(touched.end(), {a, operands.b, packed});
    if (bias) touched.push_back(*bias);
    Product product = product_of(epilogue, static_cast<size_t>(depth), static_cast<size_t>(columns));
    product.a_stride = a.strides[a.rank() - 2];
    const ProductTasks tasks =
        share_product(kernels, static_cast<size_t>(rows), product.columns, product.depth,
                      static_cast<int>(places.size()) >= lowering.threads() * 3 ? 1 : lowering.threads(),
                      epilogue.chain != nullptr);
    const int64_t row_stride = operands.b.strides[operands.b.rank() - 2],
                  column_stride = operands.b.strides.back();
    lowering.add_step(
        lowering.describe(group, format("product {}", kernels.name)), touched,
        [=, &kernels, b = operands.b](const Run& run) -> Status {
            float* memory = run.floats(packed);
            constexpr size_t kPanelsOfTask = 16;
            const size_t parts = (panels + kPanelsOfTask - 1) / kPanelsOfTask;
            run.threads.parallel_for(sources.size() * parts, [&](size_t task) {
                const size_t first = task % parts * kPanelsOfTask;
                kernels.pack_panels(run.floats(b) + sources[task / parts], row_stride, column_stride,
                                    product.depth, product.columns, memory + task / parts * matrix, first,
                                    std::min(panels, first + kPanelsOfTask));
            });
            run.threads.parallel_for(places.size() * tasks.count(), [&](size_t task) {
                const size_t place = task / tasks.count(), part = task % tasks.count();
                Product one = product;
                one.a = run.floats(a) + places[place].a;
                one.b = memory + static_cast<size_t>(places[place].packed) * matrix;
                one.bias = bias ? run.floats(*bias) : nullptr;
                one.c = run.floats(epilogue.value) + static_cast<int64_t>(place) * rows * columns;
                const size_t row = part / tasks.across() * tasks.row_step,
                             first = part % tasks.across() * tasks.panel_step;
                const size_t last = std::min(tasks.rows, row + tasks.row_step),
                             last_panel = std::min(tasks.panels, first + tasks.panel_step);
                kernels.product(one, row, last, first, last_panel);
                const size_t base = place * tasks.rows;
                if (epilogue.chain)
                    epilogue.chain->run(run, kernels, base + row, base + last, first * panel,
                                        std::min(one.columns, last_panel * panel));
            });
            return {};
        });
}

}  // namespace

Result<bool> lower_product(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    if (element_count(lowering.shape(node.outputs[0])) == 0) return false;
    if (lowering.codes(node.inputs[0]) != nullptr) {
        TRY(const bool done, lower_integer_product(lowering, group));
        if (done) return true;
    }
    auto operands = operands_of(lowering, node);
    if (!operands) return false;
    if (operands->b_is_known) shared_matrix(lowering, group, std::move(*operands));
    else batched(lowering, group, std::move(*operands));
    return true;
}

}  // namespace lathe::run::cpu
