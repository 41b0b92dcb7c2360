// Operators that order or run along an axis: top_k, unique, cumsum.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/cells.h"
#include "ops/index.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kOrderNumbers[] = {{"x", kNumericTypes, 'T'}};

// A total order of elements by their number in the tensor; NaNs are equal to each other and larger than the rest.
class Ordering {
public:
    explicit Ordering(const Tensor& x) : as_unsigned_(x.dtype() == DType::kU64) {
        if (is_float(x.dtype())) doubles_ = x.to_doubles();
        else ints_ = x.to_ints();
    }
    bool less(int64_t a, int64_t b) const {
        if (!doubles_.empty())
            return std::isnan(doubles_[b]) ? !std::isnan(doubles_[a]) : doubles_[a] < doubles_[b];
        return as_unsigned_ ? static_cast<uint64_t>(ints_[a]) < static_cast<uint64_t>(ints_[b])
                            : ints_[a] < ints_[b];
    }

private:
    bool as_unsigned_;
    std::vector<double> doubles_;
    std::vector<int64_t> ints_;
};

// Calls visit(first, stride) for each line of elements along `axis`: element i of it is first + i * stride.
template <class Visit>
void for_each_line(const Shape& shape, int axis, Visit visit) {
    const int64_t stride = row_major_strides(shape)[axis],
                  outer = element_count(std::span(shape).first(axis));
    for (int64_t block = 0; block < outer; ++block)
        for (int64_t i = 0; i < stride; ++i) visit(block * stride * shape[axis] + i, stride);
}

// ---- top_k

Status infer_top_k(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    TRY(const auto k, single_dim(c, "k"));
    Dims shape = c.shape(0);
    if (k && (negative(*k) ||
              (k->is_constant() && shape[axis].is_constant() && *k->constant() > *shape[axis].constant())))
        return fail("'k' is {}, but axis {} has {} elements", k->text(), axis, shape[axis].text());
    shape[axis] = k ? *k : c.unknown("k");
    c.output(0, c.dtype(0), shape);
    c.output(1, DType::kI64, std::move(shape));
    return {};
}

Status evaluate_top_k(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY(const int64_t k, single_int(c, "k"));
    if (k < 0 || k > x.dim(axis)) return fail("'k' is {}, but axis {} has {} elements", k, axis, x.dim(axis));
    Shape shape = x.shape();
    shape[axis] = k;
    const Ordering order(x);
    const bool largest = c.flag("largest");
    Ints from(static_cast<size_t>(element_count(shape))), indices(from.size()),
        line(static_cast<size_t>(x.dim(axis)));
    const int64_t inner = row_major_strides(x.shape())[axis];
    for_each_line(x.shape(), axis, [&](int64_t first, int64_t stride) {
        std::iota(line.begin(), line.end(), 0);
        std::ranges::stable_sort(line, [&](int64_t a, int64_t b) {
            const int64_t i = first + a * stride, j = first + b * stride;
            return largest ? order.less(j, i) : order.less(i, j);
        });
        const int64_t to = first / (inner * x.dim(axis)) * inner * k + first % inner;
        for (int64_t i = 0; i < k; ++i) {
            indices[to + i * stride] = line[i];
            from[to + i * stride] = first + line[i] * stride;
        }
    });
    auto next = from.begin();
    c.output(0, select(x, shape, [&](const Shape&) { return *next++; }));
    if (c.wanted_outputs() > 1) c.output(1, tensor_from_ints(DType::kI64, shape, indices));
    return {};
}

constexpr OperandDef kTopKIn[] = {{"x", kNumericTypes, 'T'}, {"k", kI64, '\0', Arity::kOptional}};
constexpr OperandDef kTopKOut[] = {{"values", kNumericTypes, 'T'}, {"indices", kI64}};
constexpr AttrDef kTopKAttrs[] = {{"k", AttrType::kInt},
                                  {"axis", AttrType::kInt, "-1"},
                                  {"largest", AttrType::kBool, "true"},
                                  {"sorted", AttrType::kBool, "true"}};
constexpr Sample kTopKSamples[] = {{"f32[3, 7]", "k=3"},
                                   {"f32[2, 5, 3]", "k=2; axis=1; largest=false"},
                                   {"i64[6]=3,1,3,2,1,3; i64[1]=4"},
                                   {"f16[4, 2]", "k=4; axis=-2"}};
constexpr Place kTopKPlaces[] = {
    {"k", "k", -1, 1, 9}, {"k", "k", 1, 10}, {"largest", "", -1, 1, 10}, {"sorted", "", -1, 1, 10}};
constexpr Cell kTopKCells[] = {{.format = "onnx", .op = "TopK", .places = kTopKPlaces},
                               {.format = "openvino", .op = "TopK", .since = 11}};

// ---- unique

Status infer_unique(InferContext& c) {
    const Dim count = c.unknown("count");
    Dims shape{count}, whole{product(c.shape(0))};
    if (c.integer("axis") != kNoAxis) {
        TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
        shape = c.shape(0);
        whole = {shape[axis]};
        shape[axis] = count;
    }
    c.output(0, c.dtype(0), std::move(shape));
    c.output(1, DType::kI64, {count});
    c.output(2, DType::kI64, whole);
    c.output(3, DType::kI64, {count});
    return {};
}

// Compares the slices a and b of `axis`, element by element.
struct SliceLess {
    const Ordering& order;
    int64_t outer, size, inner;
    bool operator()(int64_t a, int64_t b) const {
        for (int64_t block = 0; block < outer; ++block)
            for (int64_t i = 0; i < inner; ++i) {
                const int64_t p = (block * size + a) * inner + i, q = (block * size + b) * inner + i;
                if (order.less(p, q)) return true;
                if (order.less(q, p)) return false;
            }
        return false;
    }
};

Status evaluate_unique(EvalContext& c) {
    const bool flat = c.integer("axis") == kNoAxis;
    const Tensor x = flat ? c.in(0).reshaped({c.in(0).count()}) : c.in(0);
    TRY(const int axis, normal_axis(flat ? 0 : c.integer("axis"), x.rank()));
    const Ordering order(x);
    const SliceLess less{order, element_count(std::span(x.shape()).first(axis)), x.dim(axis),
                         element_count(std::span(x.shape()).subspan(axis + 1))};
    Ints sorted(static_cast<size_t>(x.dim(axis)));
    std::iota(sorted.begin(), sorted.end(), 0);
    std::ranges::stable_sort(sorted, less);
    struct Group {
        int64_t first;  // the slice that occurs first
        Ints members;
    };
    std::vector<Group> groups;
    for (const int64_t slice : sorted) {
        if (groups.empty() || less(groups.back().first, slice)) groups.push_back({slice, {}});
        groups.back().members.push_back(slice);
    }
    if (!c.flag("sorted")) std::ranges::sort(groups, {}, &Group::first);
    Ints firsts, inverse(sorted.size()), counts;
    for (const Group& group : groups) {
        for (const int64_t slice : group.members) inverse[slice] = static_cast<int64_t>(firsts.size());
        firsts.push_back(group.first);
        counts.push_back(static_cast<int64_t>(group.members.size()));
    }
    Shape shape = x.shape();
    shape[axis] = static_cast<int64_t>(firsts.size());
    const Shape strides = row_major_strides(x.shape());
    c.output(0, select(x, shape, [&](const Shape& at) {
                 return std::inner_product(at.begin(), at.end(), strides.begin(),
                                           (firsts[at[axis]] - at[axis]) * strides[axis]);
             }));
    const Ints* lists[] = {&firsts, &inverse, &counts};
    for (int i = 1; i < c.wanted_outputs(); ++i) c.output(i, Tensor::ints(*lists[i - 1]));
    return {};
}

constexpr OperandDef kUniqueOut[] = {{"y", kNumericTypes, 'T'},
                                     {"indices", kI64, '\0', Arity::kOptional},
                                     {"inverse_indices", kI64, '\0', Arity::kOptional},
                                     {"counts", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kUniqueAttrs[] = {{"axis", AttrType::kInt, kNoAxisText},
                                    {"sorted", AttrType::kBool, "true"}};
constexpr Sample kUniqueSamples[] = {
    {"f32[6]=2,1,1,3,4,3"}, {"i64[2, 3]=3,1,3,2,1,2", "sorted=false"}, {"f32[3, 2]=1,0,1,0,2,3", "axis=0"}};
constexpr Cell kUniqueCells[] = {{.format = "onnx", .op = "Unique", .since = 11}};

// ---- cumsum

Status infer_cumsum(InferContext& c) {
    TRY(const auto axis, single_dim(c, "axis"));
    if (axis && axis->is_constant()) {
        TRY_STATUS(normal_axis(*axis->constant(), c.rank(0)));
    }
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

template <class T, class Sum>
void run_sums(const Shape& shape, int axis, bool exclusive, bool reverse, std::vector<T>& values, Sum add) {
    for_each_line(shape, axis, [&](int64_t first, int64_t stride) {
        T sum{};
        for (int64_t i = 0; i < shape[axis]; ++i) {
            T& value = values[first + (reverse ? shape[axis] - 1 - i : i) * stride];
            const T next = add(sum, value);
            value = exclusive ? sum : next;
            sum = next;
        }
    });
}

Status evaluate_cumsum(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int64_t wanted, single_int(c, "axis"));
    TRY(const int axis, normal_axis(wanted, x.rank()));
    const bool exclusive = c.flag("exclusive"), reverse = c.flag("reverse");
    if (is_float(x.dtype())) {
        auto values = x.to_doubles();
        run_sums(x.shape(), axis, exclusive, reverse, values, [](double a, double b) { return a + b; });
        c.output(0, tensor_from_doubles(x.dtype(), x.shape(), values));
        return {};
    }
    auto values = x.to_ints();
    run_sums(x.shape(), axis, exclusive, reverse, values, [](int64_t a, int64_t b) {
        return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    });
    c.output(0, tensor_from_ints(x.dtype(), x.shape(), values));
    return {};
}

constexpr OperandDef kCumsumIn[] = {{"x", kNumericTypes, 'T'}, {"axis", kIndexTypes, '\0', Arity::kOptional}};
constexpr OperandDef kOrderNumbersOut[] = {{"y", kNumericTypes, 'T'}};
constexpr AttrDef kCumsumAttrs[] = {
    {"axis", AttrType::kInt}, {"exclusive", AttrType::kBool, "false"}, {"reverse", AttrType::kBool, "false"}};
constexpr Sample kCumsumSamples[] = {{"f32[2, 5]", "axis=1"},
                                     {"f32[3, 2, 3]", "axis=0; exclusive=true"},
                                     {"i64[5]; i64[]=-1", "reverse=true"},
                                     {"f32[2, 5]", "axis=-1; exclusive=true; reverse=true"}};
constexpr Place kCumsumPlaces[] = {{"axis", "axis", 1}};
constexpr Cell kCumsumCells[] = {{.format = "onnx", .op = "CumSum", .since = 11, .places = kCumsumPlaces},
                                 {.format = "litert", .op = "CUMSUM", .types = kLitertNumbers},
                                 {.format = "openvino", .op = "CumSum", .since = 3}};

constexpr OpDef kOrderOps[] = {
    {.name = "top_k",
     .summary = "the k largest (or smallest) elements along an axis, and where they were (ONNX TopK)",
     .inputs = kTopKIn,
     .outputs = kTopKOut,
     .attrs = kTopKAttrs,
     .infer = infer_top_k,
     .evaluate = evaluate_top_k,
     .samples = kTopKSamples,
     .cells = more_cells<kTopKCells, CoremlNumbers<"topk">>},
    {.name = "unique",
     .summary =
         "the different elements, or slices of an axis, where each first was, and how often (ONNX Unique)",
     .inputs = kOrderNumbers,
     .outputs = kUniqueOut,
     .attrs = kUniqueAttrs,
     .infer = infer_unique,
     .evaluate = evaluate_unique,
     .samples = kUniqueSamples,
     .cells = kUniqueCells},
    {.name = "cumsum",
     .summary = "running sums along an axis (ONNX CumSum)",
     .inputs = kCumsumIn,
     .outputs = kOrderNumbersOut,
     .attrs = kCumsumAttrs,
     .infer = infer_cumsum,
     .evaluate = evaluate_cumsum,
     .samples = kCumsumSamples,
     .cells = more_cells<kCumsumCells, CoremlNumbers<"cumsum">, Ncnn<"CumulativeSum">>},
};

}  // namespace

std::span<const OpDef> order_ops() { return kOrderOps; }

}  // namespace lathe::ops
