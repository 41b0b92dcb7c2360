#include "formats/executorch/core_calls.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "formats/executorch/kernels.h"
#include "formats/executorch/schema.h"
#include "formats/torch/schema.h"

namespace lathe::formats::executorch {
namespace {

namespace aten = torch::aten;
using aten::Arg;
using aten::Args;
using aten::Ref;

// Operators that the kernels lack and the graph can say in others.
constexpr std::string_view kTakenApart[] = {
    "affine_grid", "celu", "hard_sigmoid",       "hard_swish", "instance_norm",   "mish",
    "selu",        "silu", "reduce_log_sum_exp", "softplus",   "thresholded_relu"};

class CoreCalls {
public:
    explicit CoreCalls(aten::Program program) : p_(std::move(program)), old_(std::move(p_.calls)) {
        p_.calls.clear();
    }

    Result<aten::Program> run() {
        TRY_STATUS(check_sizes());
        for (aten::Call& call : old_) {
            if (const Kernel* kernel = kernel_for(renamed(call.op)); kernel != nullptr && plain(call)) {
                call.op = renamed(call.op);
                for (aten::NamedArg& arg : call.args)
                    if (call.op == "view" && arg.name == "shape") arg.name = "size";
                p_.calls.push_back(std::move(call));
                continue;
            }
            current_ = &call;
            if (!rewrite(call)) missing_.insert(format("{} (of '{}')", call.op, value(call.results[0]).name));
        }
        if (!missing_.empty())
            return fail("ExecuTorch has no kernels that say {}",
                        join(std::vector(missing_.begin(), missing_.end()), ", "));
        outputs();
        return std::move(p_);
    }

private:
    static std::string_view renamed(std::string_view op) {
        constexpr std::pair<std::string_view, std::string_view> kNames[] = {
            {"reshape", "view"},
            {"softmax.int", "_softmax"},
            {"log_softmax.int", "_log_softmax"},
            {"to.dtype", "_to_copy"}};
        for (const auto& [from, to] : kNames)
            if (op == from) return to;
        return op;
    }

    // Whether the kernel of that name can do it.
    bool plain(const aten::Call& call) const {
        if (call.op == "constant_pad_nd")
            return std::ranges::all_of(*argument(call, "pad")->as<Args>(),
                                       [](const Arg& size) { return *size.as<int64_t>() >= 0; });
        if (call.op == "avg_pool2d" || call.op == "max_pool2d") return false;
        return true;
    }

    Status check_sizes() const {
        for (const aten::Value& v : p_.values) {
            if (v.is_size || !graph::constant_shape(v.shape))
                return fail(
                    "'{}' has the sizes {}, and an ExecuTorch program is planned for numbers: fix them by --fix NAME=SIZE",
                    v.name, v.is_size ? v.size.text() : graph::to_string(v.shape));
            if (v.shape.size() > kMostAxes)
                return fail("'{}' has {} axes, ExecuTorch takes {}", v.name, v.shape.size(), kMostAxes);
        }
        return {};
    }

    const aten::Value& value(int index) const { return p_.values[static_cast<size_t>(index)]; }
    Shape shape(Ref ref) const { return *graph::constant_shape(value(ref.value).shape); }
    DType dtype(Ref ref) const { return value(ref.value).dtype; }

    static const Arg* argument(const aten::Call& call, std::string_view name) {
        for (const aten::NamedArg& arg : call.args)
            if (arg.name == name) return &arg.value;
        return nullptr;
    }
    const Arg& arg(std::string_view name) const {
        static const Arg none;
        const Arg* found = argument(*current_, name);
        return found == nullptr ? none : *found;
    }
    Ref in(std::string_view name) const { return *arg(name).as<Ref>(); }
    Ref result() const { return {current_->results[0]}; }

    Ref fresh(DType type, Shape sizes) {
        std::string name;
        do name = format("core_{}", ++made_);
        while (std::ranges::any_of(p_.input_names, [&](const std::string& n) { return n == name; }));
        p_.values.push_back({.name = name, .dtype = type, .shape = graph::dims_of(sizes)});
        return {static_cast<int>(p_.values.size()) - 1};
    }
    Ref constant(Tensor data, const std::string& name = "") {
        const Ref ref = fresh(data.dtype(), data.shape());
        p_.weights.push_back({ref.value, name, std::move(data)});
        return ref;
    }
    const aten::Weight* known(Ref ref) const {
        const auto it = std::ranges::find(p_.weights, ref.value, &aten::Weight::value);
        return it == p_.weights.end() ? nullptr : &*it;
    }

    // A call with arguments in the order of the kernel's parameters.
    void call(std::string_view op, Args args, std::vector<Ref> results) {
        const Kernel* kernel = kernel_for(op);
        const torch::Schema& schema = schema_of(*kernel);
        aten::Call made{.op = op, .args = {}, .results = {}};
        for (size_t i = 0; i < args.size(); ++i) {
            const torch::Parameter& parameter = schema.parameters[i];
            made.args.push_back({parameter.name, i >= schema.positional,
                                 parameter.type.base == torch::ParameterType::Base::kTensor,
                                 std::move(args[i])});
        }
        for (const Ref ref : results) made.results.push_back(ref.value);
        p_.calls.push_back(std::move(made));
    }
    Ref view(Ref x, const Shape& sizes) {
        if (shape(x) == sizes) return x;
        const Ref y = fresh(dtype(x), sizes);
        view_into(x, y);
        return y;
    }
    void view_into(Ref x, Ref y) {
        const Shape sizes = shape(y);
        call("view", {x, Args(sizes.begin(), sizes.end())}, {y});
    }
    Ref permute(Ref x, const std::vector<int>& order) {
        if (const aten::Weight* weight = known(x))
            return constant(weight->tensor.transposed(order), std::string(weight->name));
        const Shape from = shape(x);
        Shape to;
        Args list;
        for (const int axis : order) {
            to.push_back(from[static_cast<size_t>(axis)]);
            list.emplace_back(int64_t{axis});
        }
        const Ref y = fresh(dtype(x), to);
        call("permute", {x, list}, {y});
        return y;
    }

    bool rewrite(const aten::Call& c) {
        struct Rule {
            std::string_view op;
            bool (CoreCalls::*write)();
        };
        constexpr Rule kRules[] = {{"conv1d", &CoreCalls::conv},
                                   {"conv2d", &CoreCalls::conv},
                                   {"conv_transpose1d", &CoreCalls::conv_transpose},
                                   {"conv_transpose2d.input", &CoreCalls::conv_transpose},
                                   {"max_pool1d", &CoreCalls::max_pool},
                                   {"max_pool2d", &CoreCalls::max_pool},
                                   {"avg_pool1d", &CoreCalls::average_pool},
                                   {"avg_pool2d", &CoreCalls::average_pool},
                                   {"linear", &CoreCalls::linear},
                                   {"matmul", &CoreCalls::matmul},
                                   {"batch_norm", &CoreCalls::batch_norm},
                                   {"layer_norm", &CoreCalls::layer_norm},
                                   {"group_norm", &CoreCalls::group_norm},
                                   {"upsample_nearest1d", &CoreCalls::nearest},
                                   {"upsample_nearest2d", &CoreCalls::nearest},
                                   {"upsample_linear1d", &CoreCalls::bilinear},
                                   {"upsample_bilinear2d", &CoreCalls::bilinear},
                                   {"grid_sampler", &CoreCalls::grid},
                                   {"constant_pad_nd", &CoreCalls::pad},
                                   {"triu", &CoreCalls::upper_triangle}};
        const auto* rule = std::ranges::find(kRules, c.op, &Rule::op);
        return rule != std::end(kRules) && (this->*rule->write)();
    }

    // ---- windows

    bool conv() {
        const Args zeros(arg("stride").as<Args>()->size(), Arg(int64_t{0}));
        call("convolution",
             {in("input"), in("weight"), arg("bias"), arg("stride"), arg("padding"), arg("dilation"), false,
              zeros, arg("groups")},
             {result()});
        return true;
    }
    bool conv_transpose() {
        call("convolution",
             {in("input"), in("weight"), arg("bias"), arg("stride"), arg("padding"), arg("dilation"), true,
              arg("output_padding"), arg("groups")},
             {result()});
        return true;
    }

    // Lines as images of one row.
    static Args with_row(const Arg& list, int64_t of_row) {
        Args args = *list.as<Args>();
        if (args.size() == 1) args.insert(args.begin(), Arg(of_row));
        return args;
    }
    static Shape as_image(Shape sizes) {
        if (sizes.size() == 3) sizes.insert(sizes.begin() + 2, 1);
        return sizes;
    }

    bool max_pool() {
        const Ref x = view(in("self"), as_image(shape(in("self"))));
        const Shape sizes = as_image(shape(result()));
        const bool line = sizes != shape(result());
        const Ref y = line ? fresh(dtype(x), sizes) : result();
        call("max_pool2d_with_indices",
             {x, with_row(arg("kernel_size"), 1), with_row(arg("stride"), 1), with_row(arg("padding"), 0),
              with_row(arg("dilation"), 1), arg("ceil_mode")},
             {y, fresh(DType::kI64, sizes)});
        if (line) view_into(y, result());
        return true;
    }
    bool average_pool() {
        const Ref x = view(in("self"), as_image(shape(in("self"))));
        const Shape sizes = as_image(shape(result()));
        const bool line = sizes != shape(result());
        const Ref y = line ? fresh(dtype(x), sizes) : result();
        call("avg_pool2d",
             {x,
              with_row(arg("kernel_size"), 1),
              with_row(arg("stride"), 1),
              with_row(arg("padding"), 0),
              arg("ceil_mode"),
              arg("count_include_pad"),
              {}},
             {y});
        if (line) view_into(y, result());
        return true;
    }

    bool nearest() { return resize("upsample_nearest2d.vec", {with_row(arg("output_size"), 1), {}}); }
    bool bilinear() {
        return resize("upsample_bilinear2d.vec", {with_row(arg("output_size"), 1), arg("align_corners"), {}});
    }
    bool resize(std::string_view op, Args args) {
        const Ref x = view(in("self"), as_image(shape(in("self"))));
        const Shape sizes = as_image(shape(result()));
        const bool line = sizes != shape(result());
        const Ref y = line ? fresh(dtype(x), sizes) : result();
        args.insert(args.begin(), Arg(x));
        call(op, std::move(args), {y});
        if (line) view_into(y, result());
        return true;
    }
    bool grid() {
        if (shape(in("input")).size() != 4) return false;
        call("grid_sampler_2d",
             {in("input"), in("grid"), arg("interpolation_mode"), arg("padding_mode"), arg("align_corners")},
             {result()});
        return true;
    }

    // Margins below zero cut something off first.
    bool pad() {
        Ref x = in("self");
        Args pads = *arg("pad").as<Args>();
        const auto rank = static_cast<int64_t>(shape(x).size());
        for (size_t i = 0; i + 1 < pads.size(); i += 2) {
            const int64_t axis = rank - 1 - static_cast<int64_t>(i / 2);
            const int64_t front = std::min<int64_t>(*pads[i].as<int64_t>(), 0),
                          behind = std::min<int64_t>(*pads[i + 1].as<int64_t>(), 0);
            if (front == 0 && behind == 0) continue;
            Shape sizes = shape(x);
            int64_t& size = sizes[static_cast<size_t>(axis)];
            const int64_t end = size + behind;
            size = end + front;
            const Ref cut = fresh(dtype(x), sizes);
            call("slice.Tensor", {x, axis, -front, end, int64_t{1}}, {cut});
            x = cut;
            pads[i] = *pads[i].as<int64_t>() - front;
            pads[i + 1] = *pads[i + 1].as<int64_t>() - behind;
        }
        call("constant_pad_nd", {x, pads, arg("value")}, {result()});
        return true;
    }

    // ---- products

    // a [m, k] @ b [k, n] + bias [n]
    void plain_product(Ref a, Ref b, const Arg& bias, Ref y) {
        if (bias.none()) call("mm", {a, b}, {y});
        else call("addmm", {bias, a, b, int64_t{1}, int64_t{1}}, {y});
    }
    bool linear() {
        const Ref x = in("input"), w = in("weight");
        const Shape in_sizes = shape(x), w_sizes = shape(w);
        const int64_t rows = element_count(in_sizes) / std::max<int64_t>(in_sizes.back(), 1);
        const Ref flat = view(x, {rows, in_sizes.back()}), turned = permute(w, {1, 0});
        const bool two = shape(result()).size() == 2;
        const Ref y = two ? result() : fresh(dtype(result()), {rows, w_sizes[0]});
        plain_product(flat, turned, arg("bias"), y);
        if (!two) view_into(y, result());
        return true;
    }
    bool matmul() {
        Ref a = in("self"), b = in("other");
        if (!is_float(dtype(a)) && bits_of(dtype(a)) > 64) return false;
        Shape as = shape(a), bs = shape(b);
        if (as.size() == 1) as.insert(as.begin(), 1);
        if (bs.size() == 1) bs.push_back(1);
        const int64_t m = as[as.size() - 2], k = as.back(), n = bs.back();
        if (bs.size() == 2) {  // one matrix for all rows
            const int64_t rows = element_count(Shape(as.begin(), as.end() - 1));
            product_into("mm", view(a, {rows, k}), view(b, bs), {rows, n});
            return true;
        }
        Shape batch(std::max(as.size(), bs.size()) - 2, 1);
        for (const Shape* sizes : {&as, &bs})
            for (size_t i = 0; i + 2 < sizes->size(); ++i) {
                int64_t& size = batch[batch.size() - (sizes->size() - 2) + i];
                if ((*sizes)[i] != 1) size = (*sizes)[i];
            }
        const int64_t count = element_count(batch);
        a = view(spread(view(a, as), batch, m, k), {count, m, k});
        b = view(spread(view(b, bs), batch, k, n), {count, k, n});
        product_into("bmm", a, b, {count, m, n});
        return true;
    }
    void product_into(std::string_view op, Ref a, Ref b, const Shape& sizes) {
        const bool same = shape(result()) == sizes;
        const Ref y = same ? result() : fresh(dtype(result()), sizes);
        call(op, {a, b}, {y});
        if (!same) view_into(y, result());
    }
    // Matrices repeated along the batch's axes.
    Ref spread(Ref x, Shape batch, int64_t rows, int64_t columns) {
        Shape sizes = shape(x);
        batch.push_back(rows);
        batch.push_back(columns);
        if (element_count(sizes) == element_count(batch)) return x;
        while (sizes.size() < batch.size()) sizes.insert(sizes.begin(), 1);
        const Ref whole = view(x, sizes), y = fresh(dtype(x), batch);
        call("expand", {whole, Args(batch.begin(), batch.end())}, {y});
        return y;
    }

    // ---- norms

    bool batch_norm() {
        const DType type = dtype(result());
        call("_native_batch_norm_legit_no_training",
             {in("input"), arg("weight"), arg("bias"), arg("running_mean"), arg("running_var"), 0.0,
              arg("eps")},
             {result(), fresh(type, {0}), fresh(type, {0})});
        return true;
    }
    bool layer_norm() {
        Shape sums = shape(in("input"));
        const size_t axes = arg("normalized_shape").as<Args>()->size();
        for (size_t i = sums.size() - axes; i < sums.size(); ++i) sums[i] = 1;
        const DType type = dtype(result());
        call("native_layer_norm",
             {in("input"), arg("normalized_shape"), arg("weight"), arg("bias"), arg("eps")},
             {result(), fresh(type, sums), fresh(type, sums)});
        return true;
    }
    bool group_norm() {
        const Shape x = shape(in("input"));
        const int64_t space = element_count(Shape(x.begin() + 2, x.end())),
                      groups = *arg("num_groups").as<int64_t>();
        const DType type = dtype(result());
        call("native_group_norm",
             {in("input"), arg("weight"), arg("bias"), x[0], x[1], space, groups, arg("eps")},
             {result(), fresh(type, {x[0], groups}), fresh(type, {x[0], groups})});
        return true;
    }

    // ---- triangles

    bool upper_triangle() {
        const Ref x = in("self");
        const Shape sizes = shape(x);
        const int64_t rows = sizes[sizes.size() - 2], columns = sizes.back(),
                      diagonal = *arg("diagonal").as<int64_t>();
        std::vector<int64_t> inside;
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t k = 0; k < columns; ++k) inside.push_back(k - i >= diagonal);
        const Ref mask = constant(tensor_from_ints(DType::kBool, {rows, columns}, inside));
        const Ref zero = constant(Tensor::filled(dtype(x), {}, 0));
        call("where.self", {mask, x, zero}, {result()});
        return true;
    }

    // What the network returns is computed by a call of its own, once.
    void outputs() {
        std::set<int> taken(p_.inputs.begin(), p_.inputs.end());
        for (const aten::Weight& weight : p_.weights) taken.insert(weight.value);
        for (int& output : p_.outputs) {
            if (taken.insert(output).second) continue;
            const Ref from{output}, to = fresh(dtype(from), shape(from));
            call("clone", {from}, {to});
            output = to.value;
        }
    }

    aten::Program p_;
    std::vector<aten::Call> old_;
    const aten::Call* current_ = nullptr;
    std::set<std::string> missing_;
    int made_ = 0;
};

}  // namespace

bool has_kernel(const graph::Graph&, const graph::Node& node) {
    return std::ranges::find(kTakenApart, node.op->name) == std::end(kTakenApart);
}

Result<torch::aten::Program> core_calls(torch::aten::Program program) {
    return CoreCalls(std::move(program)).run();
}

}  // namespace lathe::formats::executorch
