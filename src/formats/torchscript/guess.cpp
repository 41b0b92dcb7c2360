#include "formats/torchscript/guess.h"

#include <algorithm>
#include <array>

namespace lathe::formats::torchscript {

using graph::Dim;
using graph::Dims;
using torch::Items;
using torch::Kind;
using torch::Schema;
using torch::Unknown;
using torch::Value;

namespace {

// Operators whose result has the shape of their first argument, or at least its rank and channels.
constexpr auto kKeepShape = std::to_array<std::string_view>({"add",
                                                             "sub",
                                                             "rsub",
                                                             "mul",
                                                             "div",
                                                             "relu",
                                                             "relu6",
                                                             "sigmoid",
                                                             "tanh",
                                                             "silu",
                                                             "gelu",
                                                             "hardswish",
                                                             "hardtanh",
                                                             "leaky_relu",
                                                             "clamp",
                                                             "to",
                                                             "float",
                                                             "half",
                                                             "_to_copy",
                                                             "contiguous",
                                                             "clone",
                                                             "detach",
                                                             "dropout",
                                                             "neg",
                                                             "abs",
                                                             "sqrt",
                                                             "exp",
                                                             "log",
                                                             "pow",
                                                             "constant_pad_nd",
                                                             "pad",
                                                             "reflection_pad2d",
                                                             "reflection_pad1d",
                                                             "replication_pad2d",
                                                             "alias",
                                                             "lift_fresh_copy"});

std::vector<std::string> image(const std::string& channels, size_t spatial) {
    std::vector<std::string> symbols{"batch", channels};
    constexpr const char* kNames[] = {"depth", "height", "width"};
    if (spatial == 1) symbols.emplace_back("length");
    else
        for (size_t i = 0; i < spatial; ++i)
            symbols.emplace_back(kNames[3 - std::min<size_t>(spatial, 3) + std::min<size_t>(i, 2)]);
    return symbols;
}

}  // namespace

void Guesser::learn(int input, std::vector<std::string> symbols, DType dtype) {
    InputGuess& guess = inputs_[static_cast<size_t>(input)];
    if (guess.shape) return;
    guess.dtype = dtype;
    Dims shape;
    for (const std::string& symbol : symbols) {
        const auto parsed = Dim::parse(symbol);
        const bool own = input > 0 && symbol != "batch" && parsed && parsed->is_symbol();
        shape.push_back(own ? Dim::symbol(symbol + "_" + guess.name) : parsed.value_or(Dim::symbol(symbol)));
    }
    guess.shape = std::move(shape);
}

std::optional<Dims> Guesser::shape_of(const Schema& schema, const Items& values, std::string_view parameter,
                                      DType* dtype) const {
    const int i = schema.find(parameter);
    if (i < 0 || !values[static_cast<size_t>(i)].is(Kind::kTensor)) return std::nullopt;
    const auto id = importer_.read(values[static_cast<size_t>(i)]);
    if (!id) return std::nullopt;
    if (dtype != nullptr) *dtype = importer_.graph[*id].dtype;
    return importer_.graph[*id].shape;
}

Value Guesser::operator()(const Schema& schema, const Items& values) {
    const std::string_view name = schema.name;
    const auto input_at = [&](std::string_view parameter) {
        const int i = schema.find(parameter);
        const auto* u = i < 0 ? nullptr : values[static_cast<size_t>(i)].as<Unknown>();
        return u == nullptr || u->sizes ? -1 : u->input;
    };
    DType dtype = DType::kF32;
    if (const int input = input_at("input"); input >= 0) {
        const auto weight = shape_of(schema, values, "weight", &dtype);
        const bool transposed = name.starts_with("conv_transpose");
        if (weight && weight->size() >= 3 && name.find("conv") != std::string_view::npos) {
            const int groups = schema.find("groups");
            const auto* count = groups < 0 ? nullptr : values[static_cast<size_t>(groups)].as<Dim>();
            const Dim channels =
                transposed ? (*weight)[0] : (*weight)[1] * (count == nullptr ? Dim(1) : *count);
            learn(input, image(channels.text(), weight->size() - 2), dtype);
        } else if (weight && name == "linear" && weight->size() == 2) {
            learn(input, {"batch", (*weight)[1].text()}, dtype);
        } else if (const auto mean = shape_of(schema, values, "running_mean", &dtype);
                   mean && mean->size() == 1) {
            learn(input, image((*mean)[0].text(), 2), dtype);
        } else if (const int shape = schema.find("normalized_shape");
                   shape >= 0 && values[static_cast<size_t>(shape)].items() != nullptr) {
            std::vector<std::string> symbols{"batch", "tokens"};
            for (const Value& v : *values[static_cast<size_t>(shape)].items()) symbols.push_back(describe(v));
            learn(input, symbols, dtype);
        } else if (const int params = schema.find("params");
                   params >= 0 && values[static_cast<size_t>(params)].items() != nullptr) {
            const auto id = values[static_cast<size_t>(params)].items()->empty()
                                ? Result<graph::ValueId>(graph::kNoValue)
                                : importer_.read((*values[static_cast<size_t>(params)].items())[0]);
            const auto* first = values[static_cast<size_t>(schema.find("batch_first"))].as<bool>();
            if (id && *id != graph::kNoValue && importer_.graph[*id].shape.size() == 2) {
                const std::string size = importer_.graph[*id].shape[1].text();
                if (first != nullptr && *first) learn(input, {"batch", "tokens", size}, dtype);
                else learn(input, {"tokens", "batch", size}, dtype);
            }
        }
    }
    if (const int input = input_at("indices"); input >= 0 && name == "embedding")
        learn(input, {"batch", "tokens"}, DType::kI64);
    const int self = input_at("self");
    if (self >= 0) {
        const auto other = shape_of(schema, values, name == "mm" || name == "bmm" ? "mat2" : "other", &dtype);
        if ((name == "matmul" || name == "mm" || name == "bmm") && other && other->size() == 2)
            learn(self, {"batch", (*other)[0].text()}, dtype);
        if (name.starts_with("max_pool2d") || name.starts_with("avg_pool2d") ||
            name.find("upsample") != std::string_view::npos)
            learn(self, image("channels", 2), dtype);
        if (name == "size" && schema.find("dim") < 0)
            return Value(Unknown{.why = "the sizes of an input", .input = self, .sizes = true});
        if (std::ranges::find(kKeepShape, name) != kKeepShape.end())
            return Value(Unknown{.why = "an input", .input = self});
    }
    if (const int input = input_at("input"); input >= 0 && name.find("dropout") != std::string_view::npos)
        return Value(Unknown{.why = "an input", .input = input});
    return torch::unknown("an input whose shape is not known");
}

void Guesser::sizes_taken(const Unknown& sizes, size_t count) {
    if (count == 4) learn(sizes.input, image("channels", 2), DType::kF32);
    else if (count == 3) learn(sizes.input, {"batch", "tokens", "size"}, DType::kF32);
    else if (count == 2) learn(sizes.input, {"batch", "size"}, DType::kF32);
}

}  // namespace lathe::formats::torchscript
