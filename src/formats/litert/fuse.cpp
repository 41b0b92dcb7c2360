// Operators that become part of the one before them.
#include <algorithm>
#include <optional>

#include "formats/litert/model.h"

namespace lathe::formats::litert {
namespace {

// The slot of the fused activation among the operator's options; -1: it has none.
int activation_slot(Builtin code) {
    switch (code) {
        case Builtin::kConv2d: return conv_slot::kActivation;
        case Builtin::kDepthwiseConv2d: return depthwise_slot::kActivation;
        case Builtin::kFullyConnected: return fully_connected_slot::kActivation;
        case Builtin::kAveragePool2d:
        case Builtin::kMaxPool2d: return pool_slot::kActivation;
        case Builtin::kAdd:
        case Builtin::kSub:
        case Builtin::kMul:
        case Builtin::kDiv: return 0;
        default: return -1;
    }
}

std::optional<Activation> activation_of(Builtin code) {
    switch (code) {
        case Builtin::kRelu: return Activation::kRelu;
        case Builtin::kRelu6: return Activation::kRelu6;
        case Builtin::kReluN1To1: return Activation::kReluN1To1;
        default: return std::nullopt;
    }
}

class Fuser {
public:
    explicit Fuser(Model& model)
        : model_(model), users_(model.tensors.size()), maker_(model.tensors.size(), -1) {
        for (size_t i = 0; i < model.operators.size(); ++i) {
            for (const int tensor : model.operators[i].inputs)
                if (tensor != kNoTensor) ++users_[static_cast<size_t>(tensor)];
            for (const int tensor : model.operators[i].outputs)
                maker_[static_cast<size_t>(tensor)] = static_cast<int>(i);
        }
        for (const Port& port : model.outputs) ++users_[static_cast<size_t>(port.tensor)];
    }

    void run() {
        gone_.assign(model_.operators.size(), false);
        for (size_t i = 0; i < model_.operators.size(); ++i) {
            const Operator& op = model_.operators[i];
            if (activation_of(op.code)) fuse_activation(i);
            else if (op.code == Builtin::kAdd) fuse_bias(i);
        }
        std::vector<Operator> kept;
        for (size_t i = 0; i < model_.operators.size(); ++i)
            if (!gone_[i]) kept.push_back(std::move(model_.operators[i]));
        model_.operators = std::move(kept);
    }

private:
    // The operator that makes the tensor for one user only; nullptr: none.
    Operator* only_maker(int tensor) {
        const int maker = maker_[static_cast<size_t>(tensor)];
        return maker < 0 || users_[static_cast<size_t>(tensor)] != 1
                   ? nullptr
                   : &model_.operators[static_cast<size_t>(maker)];
    }

    void take_over(Operator& op, size_t removed) {
        const int result = model_.operators[removed].outputs[0];
        op.outputs[0] = result;
        maker_[static_cast<size_t>(result)] = static_cast<int>(&op - model_.operators.data());
        gone_[removed] = true;
    }

    void fuse_activation(size_t index) {
        Operator* op = only_maker(model_.operators[index].inputs[0]);
        if (op == nullptr) return;
        const int slot = activation_slot(op->code);
        if (slot < 0 || model_.tensors[static_cast<size_t>(op->outputs[0])].dtype != DType::kF32) return;
        const auto field = std::ranges::find(op->options, slot, &wire::FlatField::slot);
        if (field != op->options.end() && field->bits != 0) return;
        const auto code = static_cast<int8_t>(*activation_of(model_.operators[index].code));
        if (field != op->options.end()) *field = wire::flat_number(slot, code);
        else op->options.push_back(wire::flat_number(slot, code));
        take_over(*op, index);
    }

    // FULLY_CONNECTED without bias, then the addition of a constant vector.
    void fuse_bias(size_t index) {
        for (const size_t side : {size_t{0}, size_t{1}}) {
            const int other = model_.operators[index].inputs[1 - side];
            Operator* op = only_maker(model_.operators[index].inputs[side]);
            if (op == nullptr || op->code != Builtin::kFullyConnected || op->inputs.size() != 2) continue;
            if (!is_bias(other, model_.tensors[static_cast<size_t>(op->outputs[0])].shape.back())) continue;
            op->inputs.push_back(as_vector(other));
            take_over(*op, index);
            return;
        }
    }

    // A constant (or one that is widened when the model is loaded) with one number for each output.
    bool is_bias(int tensor, const graph::Dim& outputs) const {
        const TensorInfo& info = model_.tensors[static_cast<size_t>(tensor)];
        return info.data && info.dtype == DType::kF32 && !info.shape.empty() &&
               info.shape.back() == outputs && graph::product(info.shape) == outputs;
    }

    int as_vector(int tensor) {
        const TensorInfo info = model_.tensors[static_cast<size_t>(tensor)];
        if (info.shape.size() == 1) return tensor;
        TensorInfo vector = info;
        vector.data = info.data->to_contiguous().reshaped({info.data->count()});
        vector.shape = graph::dims_of(vector.data->shape());
        model_.tensors.push_back(std::move(vector));
        return static_cast<int>(model_.tensors.size() - 1);
    }

    Model& model_;
    std::vector<int> users_, maker_;
    std::vector<bool> gone_;
};

// Tensors that no operator mentions any more, and their contents, leave the model.
void drop_tensors(Model& model) {
    std::vector<int> number(model.tensors.size(), kNoTensor);
    const auto keep = [&](int tensor) {
        if (tensor != kNoTensor) number[static_cast<size_t>(tensor)] = 0;
    };
    for (const Operator& op : model.operators) {
        std::ranges::for_each(op.inputs, keep);
        std::ranges::for_each(op.outputs, keep);
    }
    for (const auto* ports : {&model.inputs, &model.outputs})
        for (const Port& port : *ports) keep(port.tensor);
    std::vector<TensorInfo> kept;
    for (size_t i = 0; i < model.tensors.size(); ++i) {
        if (number[i] == kNoTensor) continue;
        number[i] = static_cast<int>(kept.size());
        kept.push_back(std::move(model.tensors[i]));
    }
    model.tensors = std::move(kept);
    const auto renumber = [&](int& tensor) {
        if (tensor != kNoTensor) tensor = number[static_cast<size_t>(tensor)];
    };
    for (Operator& op : model.operators) {
        std::ranges::for_each(op.inputs, renumber);
        std::ranges::for_each(op.outputs, renumber);
    }
    for (auto* ports : {&model.inputs, &model.outputs})
        for (Port& port : *ports) renumber(port.tensor);
}

// Operators whose results nobody takes.
void drop_dead(Model& model) {
    std::vector<bool> wanted(model.tensors.size(), false);
    for (const Port& port : model.outputs) wanted[static_cast<size_t>(port.tensor)] = true;
    std::vector<Operator> kept;
    for (size_t i = model.operators.size(); i-- > 0;) {
        Operator& op = model.operators[i];
        if (std::ranges::none_of(op.outputs, [&](int t) { return wanted[static_cast<size_t>(t)]; })) continue;
        for (const int tensor : op.inputs)
            if (tensor != kNoTensor) wanted[static_cast<size_t>(tensor)] = true;
        kept.push_back(std::move(op));
    }
    std::ranges::reverse(kept);
    model.operators = std::move(kept);
}

}  // namespace

void drop_unused(Model& model) {
    drop_dead(model);
    drop_tensors(model);
}

void fuse(Model& model) {
    drop_dead(model);
    Fuser(model).run();
    drop_tensors(model);
}

}  // namespace lathe::formats::litert
