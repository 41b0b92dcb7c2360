// Operators between DEQUANTIZE and QUANTIZE become operators on codes.
#include <algorithm>
#include <cmath>
#include <map>

#include "formats/litert/model.h"

namespace lathe::formats::litert {
namespace {

// Operators that only move or choose elements: codes go through, with the scale that they have.
bool moves(Builtin code) {
    switch (code) {
        case Builtin::kReshape:
        case Builtin::kTranspose:
        case Builtin::kSlice:
        case Builtin::kStridedSlice:
        case Builtin::kPad:
        case Builtin::kPadv2:
        case Builtin::kGather:
        case Builtin::kMaxPool2d: return true;
        default: return false;
    }
}

// Operators with integer kernels that give codes of another scale: how many operands are activations.
size_t activations_of(const Operator& op) {
    switch (op.code) {
        case Builtin::kConv2d:
        case Builtin::kDepthwiseConv2d:
        case Builtin::kFullyConnected:
        case Builtin::kAveragePool2d:
        case Builtin::kMean:
        case Builtin::kHardSwish: return 1;
        case Builtin::kAdd:
        case Builtin::kSub:
        case Builtin::kMul: return 2;
        case Builtin::kConcatenation: return op.inputs.size();
        default: return 0;
    }
}

bool has_filter(Builtin code) {
    return code == Builtin::kConv2d || code == Builtin::kDepthwiseConv2d || code == Builtin::kFullyConnected;
}

bool same_scale(const Quantization& a, const Quantization& b) {
    return a.scales == b.scales && a.zero_points == b.zero_points;
}

class Integers {
public:
    explicit Integers(Model& model) : model_(model) {}

    void run() {
        count_users();
        std::vector<Operator> before = std::move(model_.operators);
        model_.operators.clear();
        for (Operator& op : before) {
            if (op.code == Builtin::kDequantize && is_codes(op.inputs[0])) {
                op.inputs[0] = resolved(op.inputs[0]);
                codes_[op.outputs[0]] = op.inputs[0];
                model_.operators.push_back(std::move(op));
            } else if (op.code == Builtin::kQuantize) {
                quantize(std::move(op));
            } else if (moves(op.code) && codes_.contains(op.inputs[0])) {
                move_codes(std::move(op));
            } else if (!compute_with_codes(op)) {
                model_.operators.push_back(std::move(op));
            }
        }
    }

private:
    TensorInfo& tensor(int number) { return model_.tensors[static_cast<size_t>(number)]; }
    bool is_codes(int number) {
        return tensor(number).dtype == DType::kI8 && !tensor(number).quantization.scales.empty();
    }

    void count_users() {
        for (const Operator& op : model_.operators) {
            for (const int input : op.inputs)
                if (input != kNoTensor) ++users_[input];
            if (op.code == Builtin::kQuantize) quantized_to_[op.inputs[0]] = op.outputs[0];
        }
        for (const Port& port : model_.outputs) ++users_[port.tensor];
    }

    int add(TensorInfo info) {
        model_.tensors.push_back(std::move(info));
        return static_cast<int>(model_.tensors.size() - 1);
    }

    // Codes of the scale that they are wanted in are there already, or are rescaled.
    void quantize(Operator op) {
        if (made_.contains(op.outputs[0])) return;
        const auto it = codes_.find(op.inputs[0]);
        if (it != codes_.end()) {
            // Another name for the same codes.
            if (same_scale(tensor(it->second).quantization, tensor(op.outputs[0]).quantization)) {
                aliases_[op.outputs[0]] = it->second;
                for (Port& port : model_.outputs)
                    if (port.tensor == op.outputs[0]) port.tensor = it->second;
                return;
            }
            op.inputs[0] = it->second;
        }
        model_.operators.push_back(std::move(op));
    }

    int resolved(int codes) const {
        const auto it = aliases_.find(codes);
        return it == aliases_.end() ? codes : resolved(it->second);
    }

    // The operator on codes, and a DEQUANTIZE for who wants numbers.
    void move_codes(Operator op) {
        const int from = resolved(codes_.at(op.inputs[0])), wide = op.outputs[0];
        TensorInfo info = tensor(wide);
        info.name += "/codes";
        info.dtype = DType::kI8;
        info.quantization = tensor(from).quantization;
        const int moved = add(std::move(info));
        if (op.code == Builtin::kPadv2) op.inputs[2] = code_of(op.inputs[2], tensor(from).quantization);
        op.inputs[0] = from;
        op.outputs[0] = moved;
        model_.operators.push_back(std::move(op));
        model_.operators.push_back({.code = Builtin::kDequantize, .inputs = {moved}, .outputs = {wide}});
        codes_[wide] = moved;
    }

    // A constant as a code of that scale.
    int code_of(int number, const Quantization& q) {
        const double value = tensor(number).data->to_doubles()[0];
        const double code =
            std::nearbyint(value / static_cast<double>(q.scales[0])) + static_cast<double>(q.zero_points[0]);
        TensorInfo info{.name = "code", .dtype = DType::kI8, .quantization = q};
        info.data = Tensor::filled(DType::kI8, {}, std::clamp(code, -128.0, 127.0));
        return add(std::move(info));
    }

    // The tensor of codes that the operator's only user makes of its result; kNoTensor: there is none such.
    int wanted_codes(const Operator& op) {
        const int result = op.outputs[0];
        const auto it = quantized_to_.find(result);
        if (it == quantized_to_.end() || users_[result] != 1) return kNoTensor;
        return is_codes(it->second) ? it->second : kNoTensor;
    }

    // A bias as i32 codes of scale x_scale * w_scale[o].
    std::optional<int> integer_bias(int bias, const Quantization& x, const Quantization& w) {
        const TensorInfo& info = tensor(bias);
        if (!info.data || info.dtype != DType::kF32 || info.data->rank() != 1) return std::nullopt;
        const auto values = info.data->to_doubles();
        Quantization q{.zero_points = std::vector<int64_t>(w.scales.size(), 0)};
        for (const float scale : w.scales) q.scales.push_back(scale * x.scales[0]);
        std::vector<int64_t> codes;
        for (size_t i = 0; i < values.size(); ++i) {
            const double code =
                std::nearbyint(values[i] / static_cast<double>(q.scales[q.scales.size() == 1 ? 0 : i]));
            if (std::fabs(code) > 2147483647.0) return std::nullopt;
            codes.push_back(static_cast<int64_t>(code));
        }
        TensorInfo narrow{.name = info.name, .dtype = DType::kI32, .shape = info.shape};
        narrow.data = tensor_from_ints(DType::kI32, info.data->shape(), codes);
        narrow.quantization = std::move(q);
        return add(std::move(narrow));
    }

    bool compute_with_codes(Operator& op) {
        const size_t count = activations_of(op);
        const int result = count == 0 ? kNoTensor : wanted_codes(op);
        if (result == kNoTensor) return false;
        Operator narrow = op;
        for (size_t i = 0; i < count; ++i) {
            const auto it = codes_.find(op.inputs[i]);
            if (it == codes_.end()) return false;
            narrow.inputs[i] = resolved(it->second);
        }
        if (has_filter(op.code)) {
            const auto filter = codes_.find(op.inputs[1]);
            if (filter == codes_.end() || !tensor(filter->second).data) return false;
            narrow.inputs[1] = filter->second;
            if (op.inputs.size() > 2) {
                const auto bias = integer_bias(op.inputs[2], tensor(narrow.inputs[0]).quantization,
                                               tensor(filter->second).quantization);
                if (!bias) return false;
                narrow.inputs[2] = *bias;
            }
        }
        // LiteRT joins and averages codes of one scale.
        if (op.code == Builtin::kConcatenation || op.code == Builtin::kAveragePool2d)
            for (size_t i = 0; i < count; ++i)
                if (!same_scale(tensor(narrow.inputs[i]).quantization, tensor(result).quantization))
                    return false;
        narrow.outputs[0] = result;
        made_[result] = true;
        model_.operators.push_back(std::move(narrow));
        return true;
    }

    Model& model_;
    std::map<int, int> users_, quantized_to_;
    std::map<int, int> codes_;  // f32 tensor -> the codes that it was widened from
    std::map<int, int> aliases_;  // codes that are others under another name
    std::map<int, bool> made_;  // codes that an operator gives itself
};

}  // namespace

void use_integers(Model& model) { Integers(model).run(); }

}  // namespace lathe::formats::litert
