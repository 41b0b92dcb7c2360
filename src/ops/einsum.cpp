// Sums of products after Einstein. Definition: ONNX Einsum (NumPy's einsum): letters name axes, "..." the axes that are
// not named, which broadcast; letters that the result lacks are summed over.
#include <cctype>
#include <map>

#include "base/text.h"
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kEinsumTypes = kNumericTypes;
constexpr OperandDef kEinsumIn[] = {{"x", kEinsumTypes, 'T', Arity::kVariadic}};
constexpr OperandDef kEinsumOut[] = {{"y", kEinsumTypes, 'T'}};
constexpr AttrDef kEinsumAttrs[] = {{"equation", AttrType::kString}};
constexpr Sample kEinsumSamples[] = {{"f32[2, 3, 4]; f32[2, 4, 5]", "equation=\"bij,bjk->bik\""},
                                     {"f32[3, 4]", "equation=\"ij->ji\""},
                                     {"f32[3, 4]", "equation=\"ij->i\""},
                                     {"f32[4, 4]", "equation=\"ii\""},
                                     {"f32[2, 3, 2, 5]; f32[2, 4, 2, 5]", "equation=\"bqhd, bkhd -> bhqk\""},
                                     {"f32[3]; f32[4]", "equation=\"i,j->ij\""},
                                     {"f32[2, 3]; f32[3, 4]; f32[4, 2]", "equation=\"ij,jk,kl->il\""},
                                     {"f16[3, 4]; f16[4, 2]", "equation=\"ij,jk\""}};

// Axes as numbers: letters by their character, those of "..." from kFirstUnnamed on, counted from the last one.
using Labels = std::vector<int>;
constexpr int kFirstUnnamed = 1000;

struct Equation {
    std::vector<Labels> operands;
    Labels result;
    std::map<int, Dim> sizes;
};

// One term; `unnamed` is how many axes its "..." stands for.
Result<Labels> read_term(std::string_view term, int unnamed) {
    Labels labels;
    for (size_t i = 0; i < term.size(); ++i) {
        if (term[i] == ' ') continue;
        if (term.substr(i).starts_with("...")) {
            for (int k = unnamed; k-- > 0;) labels.push_back(kFirstUnnamed + k);
            i += 2;
        } else if (std::isalpha(static_cast<unsigned char>(term[i]))) {
            labels.push_back(static_cast<unsigned char>(term[i]));
        } else {
            return fail("'{}' in the equation's term '{}'", printable(term.substr(i, 1)), printable(term));
        }
    }
    return labels;
}

int letters_in(std::string_view term) {
    int count = 0;
    for (const char c : term) count += std::isalpha(static_cast<unsigned char>(c)) ? 1 : 0;
    return count;
}

Status add_operand(Equation& equation, std::string_view term, const Dims& shape, int& most_unnamed) {
    const bool has_dots = term.find("...") != term.npos;
    const int unnamed = static_cast<int>(shape.size()) - letters_in(term);
    if (unnamed < 0 || (unnamed > 0 && !has_dots))
        return fail("the equation's term '{}' does not name the axes of {}", printable(term),
                    to_string(shape));
    TRY(Labels labels, read_term(term, unnamed));
    if (labels.size() != shape.size())
        return fail("the equation's term '{}' does not name the axes of {}", printable(term),
                    to_string(shape));
    most_unnamed = std::max(most_unnamed, unnamed);
    for (size_t i = 0; i < labels.size(); ++i) {
        const auto [it, fresh] = equation.sizes.try_emplace(labels[i], shape[i]);
        if (fresh || it->second == shape[i]) continue;
        const bool may_broadcast = labels[i] >= kFirstUnnamed && (it->second == Dim(1) || shape[i] == Dim(1));
        if (it->second.is_constant() && shape[i].is_constant() && !may_broadcast)
            return fail("an axis of the equation is {} long in one operand and {} in another",
                        it->second.text(), shape[i].text());
        if (it->second == Dim(1) || shape[i].is_constant())
            it->second = shape[i] == Dim(1) && may_broadcast ? it->second : shape[i];
    }
    equation.operands.push_back(std::move(labels));
    return {};
}

// Without "->": the unnamed axes, then the letters that occur once, in the order of their characters.
Labels implied_result(const Equation& equation, int unnamed) {
    std::map<int, int> counts;
    for (const Labels& labels : equation.operands)
        for (const int label : labels) ++counts[label];
    Labels result;
    for (int k = unnamed; k-- > 0;) result.push_back(kFirstUnnamed + k);
    for (const auto& [label, count] : counts)
        if (count == 1 && label < kFirstUnnamed) result.push_back(label);
    return result;
}

Result<Equation> read_equation(const std::string& text, const std::vector<Dims>& shapes) {
    Equation equation;
    const size_t arrow = text.find("->");
    const auto terms = split(std::string_view(text).substr(0, arrow), ',');
    if (terms.size() != shapes.size())
        return fail("the equation '{}' has {} terms for {} operands", printable(text), terms.size(),
                    shapes.size());
    int unnamed = 0;
    for (size_t i = 0; i < terms.size(); ++i) TRY_STATUS(add_operand(equation, terms[i], shapes[i], unnamed));
    if (arrow == text.npos) {
        equation.result = implied_result(equation, unnamed);
        return equation;
    }
    TRY(equation.result, read_term(std::string_view(text).substr(arrow + 2), unnamed));
    for (size_t i = 0; i < equation.result.size(); ++i) {
        if (!equation.sizes.contains(equation.result[i]))
            return fail("the result of the equation '{}' names an axis that no operand has", printable(text));
        for (size_t k = 0; k < i; ++k)
            if (equation.result[k] == equation.result[i])
                return fail("the result of the equation '{}' names an axis twice", printable(text));
    }
    return equation;
}

Status infer_einsum(InferContext& c) {
    std::vector<Dims> shapes;
    for (int i = 0; i < c.inputs(); ++i) shapes.push_back(c.shape(i));
    TRY(const Equation equation, read_equation(c.string("equation"), shapes));
    Dims shape;
    for (const int label : equation.result) shape.push_back(equation.sizes.at(label));
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// Strides of an operand along `axes`: sums over its axes of that name, 0 where it has none or one of size 1.
Shape strides_along(const Labels& axes, const Labels& operand, const Shape& shape) {
    const Shape own = row_major_strides(shape);
    Shape strides(axes.size(), 0);
    for (size_t i = 0; i < axes.size(); ++i)
        for (size_t k = 0; k < operand.size(); ++k)
            if (operand[k] == axes[i] && shape[k] != 1) strides[i] += own[k];
    return strides;
}

struct Walk {
    Shape outer, inner;  // sizes of the result's axes and of those summed over
    std::vector<Shape> outer_strides, inner_strides;  // for each operand
};

template <class T>
std::vector<T> sum_products(const Walk& walk, const std::vector<std::vector<T>>& values) {
    const size_t operands = values.size();
    std::vector<T> result;
    result.reserve(static_cast<size_t>(element_count(walk.outer)));
    for_each_index(walk.outer, [&](const Shape& place) {
        std::vector<int64_t> base(operands, 0);
        for (size_t k = 0; k < operands; ++k)
            for (size_t i = 0; i < place.size(); ++i) base[k] += place[i] * walk.outer_strides[k][i];
        T sum{0};
        for_each_index(walk.inner, [&](const Shape& at) {
            T term{1};
            for (size_t k = 0; k < operands; ++k) {
                int64_t offset = base[k];
                for (size_t i = 0; i < at.size(); ++i) offset += at[i] * walk.inner_strides[k][i];
                term *= values[k][static_cast<size_t>(offset)];
            }
            sum += term;
        });
        result.push_back(sum);
    });
    return result;
}

Status evaluate_einsum(EvalContext& c) {
    std::vector<Dims> shapes;
    for (int i = 0; i < c.inputs(); ++i) shapes.push_back(dims_of(c.in(i).shape()));
    TRY(const Equation equation, read_equation(c.string("equation"), shapes));
    Walk walk;
    Labels summed;
    for (const int label : equation.result) walk.outer.push_back(*equation.sizes.at(label).constant());
    for (const auto& [label, size] : equation.sizes)
        if (std::ranges::find(equation.result, label) == equation.result.end()) {
            summed.push_back(label);
            walk.inner.push_back(*size.constant());
        }
    TRY_STATUS(check_result(DType::kF64, walk.outer));
    for (size_t k = 0; k < equation.operands.size(); ++k) {
        const Shape& shape = c.in(static_cast<int>(k)).shape();
        walk.outer_strides.push_back(strides_along(equation.result, equation.operands[k], shape));
        walk.inner_strides.push_back(strides_along(summed, equation.operands[k], shape));
    }
    const DType dtype = c.in(0).dtype();
    if (is_float(dtype)) {
        std::vector<std::vector<double>> values;
        for (int i = 0; i < c.inputs(); ++i) values.push_back(c.in(i).to_doubles());
        c.output(0, tensor_from_doubles(dtype, walk.outer, sum_products(walk, values)));
        return {};
    }
    std::vector<std::vector<uint64_t>> values;  // unsigned arithmetic wraps around
    for (int i = 0; i < c.inputs(); ++i) {
        const auto ints = c.in(i).to_ints();
        values.emplace_back(ints.begin(), ints.end());
    }
    const auto sums = sum_products(walk, values);
    c.output(0, tensor_from_ints(dtype, walk.outer, Ints(sums.begin(), sums.end())));
    return {};
}

// Of every combination of the labels' values.
double terms_of(const CostContext& c) {
    std::vector<Dims> shapes;
    for (const Shape& shape : c.inputs) shapes.push_back(dims_of(shape));
    const auto equation = read_equation(*std::get_if<std::string>(c.attrs.find("equation")), shapes);
    double terms = 1;
    if (equation)
        for (const auto& [label, size] : equation->sizes) terms *= static_cast<double>(*size.constant());
    return terms;
}
double macs_of_einsum(const CostContext& c) {
    return terms_of(c) * (static_cast<double>(c.inputs.size()) - 1);
}
double flops_of_einsum(const CostContext& c) { return terms_of(c) * static_cast<double>(c.inputs.size()); }

// ---- the body: one or two operands whose axes are all named, each once

class EinsumBody {
public:
    EinsumBody(const Equation& equation, size_t operands) : equation_(equation), operands_(operands) {}

    std::string one() {
        std::string name = sum_out(0, "x");
        Labels now = kept(0);
        return text_ + format("y = transpose({}, perm={})", name, order(now, equation_.result));
    }

    // Batch axes are in both and in the result, contracted ones in both only; left and right ones in one and in the result.
    std::string two() {
        const std::string a = sum_out(0, "a"), b = sum_out(1, "b");
        const Labels in_a = kept(0), in_b = kept(1);
        Labels batch, left, right, contracted;
        for (const int l : in_a)
            (!has(in_b, l) ? left : has(equation_.result, l) ? batch : contracted).push_back(l);
        for (const int l : in_b)
            if (!has(in_a, l)) right.push_back(l);
        arrange("ma", a, in_a, batch, left, contracted);
        arrange("mb", b, in_b, batch, contracted, right);
        text_ += "p = matmul(ma, mb)\n";
        Labels now = batch;
        now.insert(now.end(), left.begin(), left.end());
        now.insert(now.end(), right.begin(), right.end());
        text_ += format("r = reshape(p, shape={})\n", sizes(now));
        return text_ + format("y = transpose(r, perm={})", order(now, equation_.result));
    }

private:
    static bool has(const Labels& labels, int label) {
        return std::ranges::find(labels, label) != labels.end();
    }
    static std::string order(const Labels& from, const Labels& to) {
        std::string text = "[";
        for (const int label : to)
            text +=
                format("{}{}", text.size() > 1 ? ", " : "", std::ranges::find(from, label) - from.begin());
        return text + "]";
    }
    std::string sizes(const Labels& labels) const {
        Dims dims;
        for (const int label : labels) dims.push_back(equation_.sizes.at(label));
        return to_string(dims);
    }
    bool needed(size_t operand, int label) const {
        for (size_t k = 0; k < operands_; ++k)
            if (k != operand && has(equation_.operands[k], label)) return true;
        return has(equation_.result, label);
    }
    Labels kept(size_t operand) const {
        Labels labels;
        for (const int label : equation_.operands[operand])
            if (needed(operand, label)) labels.push_back(label);
        return labels;
    }
    // Sums over the axes that only this operand has.
    std::string sum_out(size_t operand, const std::string& name) {
        std::string axes;
        for (size_t i = 0; i < equation_.operands[operand].size(); ++i)
            if (!needed(operand, equation_.operands[operand][i]))
                axes += format("{}{}", axes.empty() ? "" : ", ", i);
        if (axes.empty()) return operands_ == 1 ? "x" : operand == 0 ? "x.0" : "x.1";
        text_ += format("s{} = reduce_sum({}, axes=[{}], keepdims=false)\n", name,
                        operands_ == 1 ? "x"
                        : operand == 0 ? "x.0"
                                       : "x.1",
                        axes);
        return "s" + name;
    }
    // As matrices [batch…, rows, columns].
    void arrange(std::string_view to, const std::string& from, const Labels& now, const Labels& batch,
                 const Labels& rows, const Labels& columns) {
        Labels wanted = batch;
        wanted.insert(wanted.end(), rows.begin(), rows.end());
        wanted.insert(wanted.end(), columns.begin(), columns.end());
        text_ += format("t{} = transpose({}, perm={})\n", to, from, order(now, wanted));
        Dims dims;
        for (const int label : batch) dims.push_back(equation_.sizes.at(label));
        for (const Labels* part : {&rows, &columns}) {
            Dim size(1);
            for (const int label : *part) size = size * equation_.sizes.at(label);
            dims.push_back(size);
        }
        text_ += format("{} = reshape(t{}, shape={})\n", to, to, to_string(dims));
    }

    const Equation& equation_;
    size_t operands_;
    std::string text_;
};

Result<std::string> write(const InferContext& c) {
    std::vector<Dims> shapes;
    for (int i = 0; i < c.inputs(); ++i) shapes.push_back(c.shape(i));
    TRY(const Equation equation, read_equation(c.string("equation"), shapes));
    if (shapes.size() > 2) return fail("einsum of {} operands has no simpler form", shapes.size());
    for (const Labels& labels : equation.operands)
        for (size_t i = 0; i < labels.size(); ++i)
            if (labels[i] >= kFirstUnnamed || std::ranges::count(labels, labels[i]) > 1)
                return fail("einsum with unnamed or repeated axes has no simpler form");
    EinsumBody body(equation, shapes.size());
    return shapes.size() == 1 ? body.one() : body.two();
}

constexpr OpDef kEinsumOps[] = {
    {.name = "einsum",
     .summary = "sums of products of the operands' elements, as the equation says",
     .inputs = kEinsumIn,
     .outputs = kEinsumOut,
     .attrs = kEinsumAttrs,
     .infer = infer_einsum,
     .evaluate = evaluate_einsum,
     .macs = macs_of_einsum,
     .flops = flops_of_einsum,
     .samples = kEinsumSamples,
     .cells = onnx<"Einsum", 12>,
     .write_body = write},
};

}  // namespace

std::span<const OpDef> einsum_ops() { return kEinsumOps; }

}  // namespace lathe::ops
