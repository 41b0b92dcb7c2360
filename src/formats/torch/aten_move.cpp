// Operators that move elements, or choose among them.
#include <algorithm>
#include <numeric>

#include "formats/torch/aten_lowering.h"

namespace lathe::formats::torch::aten {
namespace {

constexpr DType kIndex = DType::kI64;

Ref first(NodeView& n) { return std::get<Ref>(n.in(0)); }

void reshaped(NodeView& n) { n.give(first(n)); }

void write_transpose(NodeView& n) {
    Ints order = n.list("perm");
    if (order.empty()) {
        order.resize(static_cast<size_t>(n.rank()));
        std::iota(order.rbegin(), order.rend(), 0);
    }
    Args list(order.begin(), order.end());
    n.give(kPermute, {n.in(0), list});
}

void write_expand(NodeView& n) {
    n.give("expand(Tensor self, int[] size, *, bool implicit=False)", {n.in(0), n.sizes(n.out().shape)});
}

void write_tile(NodeView& n) {
    n.give("repeat(Tensor self, int[] repeats)", {n.in(0), n.sizes(*n.dims("repeats"))});
}
bool can_tile(const NodeView& n) { return n.dims("repeats").has_value(); }

void write_concat(NodeView& n) { n.give(kCat, {n.operands(), int64_t{n.axis()}}); }

void write_split(NodeView& n) {
    const int axis = n.axis();
    Args parts;
    std::vector<Lowering::Type> types;
    for (const ValueId id : n.node.outputs) {
        if (id == graph::kNoValue) return n.refuse("a part of it has no name");
        const graph::Value& part = n.lowering.graph()[id];
        parts.push_back(n.size(part.shape[static_cast<size_t>(axis)]));
        types.push_back({part.dtype, part.shape, part.name});
    }
    const auto refs = n.lowering.call("split_with_sizes(Tensor self, int[] split_sizes, int dim=0)",
                                      {n.in(0), parts, int64_t{axis}}, types, true);
    for (size_t i = 0; i < refs.size(); ++i) n.lowering.place(n.node.outputs[i], refs[i]);
}

// ---- by known positions along an axis

Ref chosen(NodeView& n, Ref x, int axis, const Ints& positions) {
    Dims shape = n.made(x).shape;
    const auto count = static_cast<int64_t>(positions.size());
    shape[static_cast<size_t>(axis)] = Dim(count);
    const DType dtype = n.made(x).dtype;
    const Ref index = n.constant(tensor_from_ints(kIndex, {count}, positions));
    return n.call(kIndexSelect, {x, int64_t{axis}, index}, dtype, std::move(shape));
}

// ---- slice

struct Cut {
    int axis;
    Dim start, end;
    int64_t step;
};

std::optional<std::vector<Cut>> cuts_of(const NodeView& n) {
    const auto starts = n.dims("starts"), ends = n.dims("ends");
    if (!starts || !ends || starts->size() != ends->size()) return std::nullopt;
    auto axes = n.ints("axes"), steps = n.ints("steps");
    if (!axes || !steps) return std::nullopt;
    if (axes->empty()) {
        axes->resize(starts->size());
        std::iota(axes->begin(), axes->end(), 0);
    }
    if (steps->empty()) steps->assign(starts->size(), 1);
    std::vector<Cut> cuts;
    for (size_t i = 0; i < starts->size(); ++i) {
        const auto axis = graph::normal_axis((*axes)[i], n.rank());
        if (!axis) return std::nullopt;
        const bool backwards = (*steps)[i] < 0;
        const bool known = n.shape()[static_cast<size_t>(*axis)].constant() && (*starts)[i].constant() &&
                           (*ends)[i].constant();
        if (backwards && !known) return std::nullopt;
        cuts.push_back({*axis, (*starts)[i], (*ends)[i], (*steps)[i]});
    }
    return cuts;
}
bool can_slice(const NodeView& n) { return cuts_of(n).has_value(); }

void write_slice(NodeView& n) {
    const auto cuts = *cuts_of(n);
    Ref x = first(n);
    Dims shape = n.shape();
    for (const Cut& cut : cuts) {
        const auto axis = static_cast<size_t>(cut.axis);
        const Dim size = shape[axis];
        shape[axis] = n.out().shape[axis];
        if (cut.step < 0) {
            const int64_t count = *size.constant();
            const auto settle = [&](int64_t at) {
                return std::clamp<int64_t>(at < 0 ? at + count : at, -1, count - 1);
            };
            const int64_t far = *cut.end.constant();
            Ints positions;
            for (int64_t at = settle(*cut.start.constant()); at > (far < -count ? -1 : settle(far));
                 at += cut.step)
                positions.push_back(at);
            x = chosen(n, x, cut.axis, positions);
            continue;
        }
        x = n.call(kSlice, {x, int64_t{cut.axis}, n.size(cut.start), n.size(cut.end), cut.step}, n.type(),
                   shape);
    }
    n.give(x);
}

// ---- pad

struct Margins {
    std::vector<int> axes;
    Dims pads;  // all fronts, then all ends
};

std::optional<Margins> margins_of(const NodeView& n) {
    const auto pads = n.dims("pads");
    const auto listed = n.ints("axes");
    if (!pads || !listed) return std::nullopt;
    Margins m{.axes = {}, .pads = *pads};
    for (const int64_t axis : *listed) {
        const auto normal = graph::normal_axis(axis, n.rank());
        if (!normal) return std::nullopt;
        m.axes.push_back(*normal);
    }
    if (listed->empty()) {
        m.axes.resize(static_cast<size_t>(n.rank()));
        std::iota(m.axes.begin(), m.axes.end(), 0);
    }
    if (m.pads.size() != 2 * m.axes.size()) return std::nullopt;
    return m;
}

bool can_pad(const NodeView& n) {
    const auto m = margins_of(n);
    if (!m) return false;
    if (n.string("mode") == "constant") return !n.has(2) || n.number_in(2);
    for (const int axis : m->axes)
        if (!n.shape()[static_cast<size_t>(axis)].constant()) return false;
    return graph::constant_shape(m->pads).has_value();
}

// Where an element of the padded axis comes from.
int64_t source_of(int64_t at, int64_t size, const std::string& mode) {
    if (mode == "edge") return std::clamp<int64_t>(at, 0, size - 1);
    if (mode == "wrap") return ((at % size) + size) % size;
    if (size == 1) return 0;
    const int64_t period = 2 * (size - 1), turned = ((at % period) + period) % period;
    return turned < size ? turned : period - turned;
}

// As a scalar of that type; PyTorch 1.13 takes no bool for one.
Arg number_as(DType dtype, double value) {
    return is_float(dtype) ? Arg(value) : Arg(static_cast<int64_t>(value));
}

void write_pad(NodeView& n) {
    const Margins m = *margins_of(n);
    const std::string& mode = n.string("mode");
    const size_t count = m.axes.size();
    if (mode != "constant") {
        Ref x = first(n);
        for (size_t i = 0; i < count; ++i) {
            const int64_t size = *n.shape()[static_cast<size_t>(m.axes[i])].constant();
            const int64_t front = *m.pads[i].constant(), behind = *m.pads[i + count].constant();
            if (front == 0 && behind == 0) continue;
            Ints positions;
            for (int64_t at = -front; at < size + behind; ++at)
                positions.push_back(source_of(at, size, mode));
            x = chosen(n, x, m.axes[i], positions);
        }
        return n.give(x);
    }
    Args pads;
    for (int axis = n.rank(); axis-- > 0;) {
        const auto it = std::ranges::find(m.axes, axis);
        const auto i = static_cast<size_t>(it - m.axes.begin());
        pads.push_back(it == m.axes.end() ? Arg(int64_t{0}) : n.size(m.pads[i]));
        pads.push_back(it == m.axes.end() ? Arg(int64_t{0}) : n.size(m.pads[i + count]));
    }
    n.give(kPad,
           {n.in(0), pads, number_as(n.type(), n.has(2) ? *n.number_in(2) : n.number("constant_value"))});
}

// ---- gather and scatter

// Indices as i64, negative ones counted from the end.
Ref positions(NodeView& n, size_t operand, const Dim& size) {
    if (const auto known = n.known(operand)) {
        Ints values = known->to_ints();
        const bool negative = std::ranges::any_of(values, [](int64_t v) { return v < 0; });
        if (!negative && known->dtype() == kIndex) return std::get<Ref>(n.in(operand));
        if (!negative || size.constant()) {
            for (int64_t& v : values)
                if (v < 0) v += *size.constant();
            return n.constant(tensor_from_ints(kIndex, known->shape(), values));
        }
    }
    const Ref index = n.cast(std::get<Ref>(n.in(operand)), kIndex);
    const Dims shape = n.shape(operand);
    const Ref below =
        n.call("lt.Scalar(Tensor self, Scalar other)", {index, int64_t{0}}, DType::kBool, shape);
    const Ref moved =
        n.call("add.Scalar(Tensor self, Scalar other, Scalar alpha=1)", {index, n.size(size)}, kIndex, shape);
    return n.call(kWhere, {below, moved, index}, kIndex, shape);
}

void write_gather(NodeView& n) {
    const int axis = n.axis();
    const Dim size = n.shape()[static_cast<size_t>(axis)];
    const auto known = n.known(1);
    if (known && known->rank() == 0) {
        const int64_t at = known->to_ints()[0];
        return n.give("select.int(Tensor self, int dim, int index)", {n.in(0), int64_t{axis}, at});
    }
    Ref index = positions(n, 1, size);
    const Dims shape = n.shape(1);
    const Dim count = graph::product(shape);
    if (shape.size() != 1) index = n.reshape(index, {count});
    Dims flat = n.shape();
    flat[static_cast<size_t>(axis)] = count;
    n.give(n.call(kIndexSelect, {n.in(0), int64_t{axis}, index}, n.type(), flat));
}

void write_gather_elements(NodeView& n) {
    const int axis = n.axis();
    n.give("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False)",
           {n.in(0), int64_t{axis}, positions(n, 1, n.shape()[static_cast<size_t>(axis)])});
}

// The last axis of the indices taken apart.
Args index_list(NodeView& n) {
    const Ref index = std::get<Ref>(n.in(1));
    const Dims shape(n.shape(1).begin(), n.shape(1).end() - 1);
    Args list;
    for (int64_t i = 0; i < *n.shape(1).back().constant(); ++i)
        list.emplace_back(
            n.call("select.int(Tensor self, int dim, int index)", {index, int64_t{-1}, i}, kIndex, shape));
    return list;
}
bool has_index_list(const NodeView& n) {
    const auto depth = n.shape(1).empty() ? std::nullopt : n.shape(1).back().constant();
    return depth && *depth > 0;
}

void write_gather_nd(NodeView& n) {
    n.give("index.Tensor(Tensor self, Tensor?[] indices)", {n.in(0), index_list(n)});
}
bool can_gather_nd(const NodeView& n) { return n.integer("batch_dims") == 0 && has_index_list(n); }

void write_scatter_nd(NodeView& n) {
    n.give("index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False)",
           {n.in(0), index_list(n), n.in(2), n.string("reduction") == "add"});
}
bool can_scatter_nd(const NodeView& n) {
    const std::string& how = n.string("reduction");
    return (how == "none" || how == "add") && has_index_list(n);
}

void write_scatter_elements(NodeView& n) {
    const int axis = n.axis();
    const Ref index = positions(n, 1, n.shape()[static_cast<size_t>(axis)]);
    const std::string& how = n.string("reduction");
    const Args args{n.in(0), int64_t{axis}, index, n.in(2)};
    if (how == "none") return n.give("scatter.src(Tensor self, int dim, Tensor index, Tensor src)", args);
    if (how == "add") return n.give("scatter_add(Tensor self, int dim, Tensor index, Tensor src)", args);
    n.give(
        "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True)",
        {args[0], args[1], args[2], args[3],
         std::string(how == "mul"   ? "prod"
                     : how == "max" ? "amax"
                                    : "amin")});
}

// Where nonzero() found something, as a list. `count` is the symbol for how many.
Ref places_of(NodeView& n, Ref condition, const Dim& count) {
    const Ref found = n.call("nonzero(Tensor self)", {condition}, kIndex, {count, Dim(1)});
    return n.call("select.int(Tensor self, int dim, int index)", {found, int64_t{1}, int64_t{0}}, kIndex,
                  {count});
}

bool without_axis(const NodeView& n) {
    return n.integer("axis") < -n.rank() || n.integer("axis") >= n.rank();
}

void write_compress(NodeView& n) {
    const bool flat = without_axis(n);
    const int axis = flat ? 0 : n.axis();
    Ref x = first(n);
    if (flat) x = n.reshape(x, {graph::product(n.shape())});
    const Ref index = places_of(n, std::get<Ref>(n.in(1)), n.out().shape[static_cast<size_t>(axis)]);
    n.give(kIndexSelect, {x, int64_t{axis}, index});
}

void write_non_zero(NodeView& n) {
    const Dims& y = n.out().shape;
    const Ref found = n.call("nonzero(Tensor self)", {n.in(0)}, kIndex, {y[1], y[0]});
    n.give(kPermute, {found, Args{int64_t{1}, int64_t{0}}});
}

// Rows of "is this the class?", values = [no, yes].
void write_one_hot(NodeView& n) {
    const int axis = n.axis("axis", n.rank() + 1);
    const Dim depth = n.out().shape[static_cast<size_t>(axis)];
    const Ref index = n.cast(positions(n, 0, depth), kIndex);
    Dims spread = n.shape();
    spread.insert(spread.begin() + axis, Dim(1));
    Dims line(spread.size(), Dim(1));
    line[static_cast<size_t>(axis)] = depth;
    Ref classes = n.call("arange(Scalar end, *, int? dtype=None)", {n.size(depth), kIndex}, kIndex, {depth});
    classes = n.reshape(classes, line);
    const Ref hit = n.call("eq.Tensor(Tensor self, Tensor other)", {n.reshape(index, spread), classes},
                           DType::kBool, n.out().shape);
    const auto value = [&](int64_t i) {
        return n.call("select.int(Tensor self, int dim, int index)", {n.in(2), int64_t{0}, i}, n.type(2), {});
    };
    n.give(kWhere, {hit, value(1), value(0)});
}
bool can_one_hot(const NodeView& n) {
    const int axis = n.axis("axis", n.rank() + 1);
    return n.out().shape[static_cast<size_t>(axis)].constant().has_value();
}

// ---- made from nothing

void write_full(NodeView& n) {
    n.give("full(int[] size, Scalar fill_value, *, int? dtype=None)",
           {n.sizes(n.out().shape), number_as(n.out().dtype, n.number("value")), n.out().dtype});
}

// A number that an operand holds: known, or a size.
std::optional<Dim> size_in(const NodeView& n, size_t i) {
    const auto& contents = n.value(i).contents;
    if (contents && contents->size() == 1) return (*contents)[0];
    const auto known = n.known(i);
    if (!known || known->count() != 1 || is_float(known->dtype())) return std::nullopt;
    return Dim(known->to_ints()[0]);
}
bool can_range(const NodeView& n) {
    return !is_float(n.type()) && size_in(n, 0) && size_in(n, 1) && size_in(n, 2);
}
void write_range(NodeView& n) {
    n.give("arange.start_step(Scalar start, Scalar end, Scalar step=1, *, int? dtype=None)",
           {n.size(*size_in(n, 0)), n.size(*size_in(n, 1)), n.size(*size_in(n, 2)), n.out().dtype});
}

void write_sizes(NodeView& n) { n.refuse("the sizes of its operand are not known"); }

// ---- triangles

void write_trilu(NodeView& n) {
    const auto k = static_cast<int64_t>(n.has(1) ? *n.number_in(1) : static_cast<double>(n.integer("k")));
    n.give(n.flag("upper") ? "triu(Tensor self, int diagonal=0)" : "tril(Tensor self, int diagonal=0)",
           {n.in(0), k});
}
bool can_trilu(const NodeView& n) { return !n.has(1) || n.number_in(1); }

constexpr Row kMoveRows[] = {
    {"compress", "", write_compress},
    {"concat", "", write_concat},
    {"constant_of_shape", "", write_full},
    {"expand", "", write_expand},
    {"flatten", "", reshaped},
    {"gather", "", write_gather},
    {"gather_elements", "", write_gather_elements},
    {"gather_nd", "", write_gather_nd, can_gather_nd},
    {"non_zero", "", write_non_zero},
    {"one_hot", "", write_one_hot, can_one_hot},
    {"pad", "", write_pad, can_pad},
    {"range", "", write_range, can_range},
    {"reshape", "", reshaped},
    {"scatter_elements", "", write_scatter_elements},
    {"scatter_nd", "", write_scatter_nd, can_scatter_nd},
    {"shape_of", "", write_sizes},
    {"size_of", "", write_sizes},
    {"slice", "", write_slice, can_slice},
    {"split", "", write_split},
    {"squeeze", "", reshaped},
    {"tile", "", write_tile, can_tile},
    {"transpose", "", write_transpose},
    {"trilu", "", write_trilu, can_trilu},
    {"unsqueeze", "", reshaped},
};

}  // namespace

std::span<const Row> move_rows() { return kMoveRows; }

}  // namespace lathe::formats::torch::aten
