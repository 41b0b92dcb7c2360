// The two files of a network.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "formats/ncnn/model.h"

namespace lathe::formats::ncnn {
namespace {

constexpr size_t kLongestName = 255;

// The fewest digits that give the number back, with a point or an exponent, which tell ncnn that it is no integer. At
// most 15 characters, which is all that ncnn reads of a number.
Result<std::string> float_text(float value) {
    if (!std::isfinite(value)) return fail("a parameter is {}, which ncnn's text cannot hold", value);
    char text[40];
    const auto end =
        std::to_chars(std::begin(text), std::end(text), value, std::chars_format::scientific).ptr;
    return std::string(text, end);
}

template <class T, class Text>
Result<std::string> list_text(int id, const std::vector<T>& values, Text text) {
    std::string line = format("{}={}", -23300 - id, values.size());
    for (const T value : values) {
        TRY(const std::string one, text(value));
        line += "," + one;
    }
    return line;
}

Result<std::string> parameter_text(int id, const Parameter& value) {
    if (const auto* number = std::get_if<int32_t>(&value)) return format("{}={}", id, *number);
    if (const auto* number = std::get_if<float>(&value)) {
        TRY(const std::string text, float_text(*number));
        return format("{}={}", id, text);
    }
    if (const auto* list = std::get_if<Ints>(&value))
        return list_text(id, *list, [](int32_t one) -> Result<std::string> { return format("{}", one); });
    if (const auto* list = std::get_if<Floats>(&value)) return list_text(id, *list, float_text);
    if (const auto* text = std::get_if<std::string>(&value)) return format("{}=\"{}\"", id, *text);
    return fail("a parameter of the binary form is of no known kind");
}

Status check_name(const std::string& name) {
    const bool odd = std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
    if (name.empty() || odd || name.size() > kLongestName)
        return fail("'{}' is no name that ncnn's text can hold (1 to {} characters, no spaces)", name,
                    kLongestName);
    return {};
}

uint32_t tag_of(DType dtype) { return dtype == DType::kF16 ? kTagF16 : dtype == DType::kI8 ? kTagI8 : 0; }

template <class Write>
Status each_weight(const Network& network, Write write) {
    for (const Layer& layer : network.layers)
        for (const Weight& weight : layer.weights) {
            const uint32_t tag = tag_of(weight.data.dtype());
            if (weight.tagged) TRY_STATUS(write(std::as_bytes(std::span(&tag, 1))));
            const Tensor data = weight.data.to_contiguous();
            TRY_STATUS(write(data.bytes()));
            static constexpr std::byte kZeros[4]{};
            if (const size_t rest = data.bytes().size() % 4; rest != 0)
                TRY_STATUS(write(ByteSpan(kZeros).first(4 - rest)));
        }
    return {};
}

}  // namespace

Result<std::string> to_param(const Network& network) {
    std::set<std::string_view> blobs;
    std::string lines;
    for (const Layer& layer : network.layers) {
        TRY_STATUS(check_name(layer.name));
        std::string line =
            format("{:<24} {:<24} {} {}", layer.type, layer.name, layer.inputs.size(), layer.outputs.size());
        for (const auto* side : {&layer.inputs, &layer.outputs})
            for (const std::string& blob : *side) {
                TRY_STATUS(check_name(blob));
                blobs.insert(blob);
                line += " " + blob;
            }
        for (const auto& [id, value] : layer.parameters) {
            TRY(const std::string text, parameter_text(id, value));
            line += " " + text;
        }
        lines += line + "\n";
    }
    return format("{}\n{} {}\n{}", kMagic, network.layers.size(), blobs.size(), lines);
}

Status write_weights(const Network& network, OutputFile& file) {
    return each_weight(network, [&](ByteSpan bytes) { return file.write(bytes); });
}

std::vector<std::byte> weight_bytes(const Network& network) {
    std::vector<std::byte> all;
    const Status done = each_weight(network, [&](ByteSpan bytes) -> Status {
        all.insert(all.end(), bytes.begin(), bytes.end());
        return {};
    });
    CHECK(done.has_value());
    return all;
}

void split_shared(Network& network, const std::vector<Output>& outputs) {
    // Where each blob is taken: operands of layers, then outputs.
    std::map<std::string, std::vector<std::string*>> takers;
    std::map<std::string, std::vector<std::string>> named;
    std::set<std::string> inputs;
    for (const Output& output : outputs) named[output.blob].push_back(output.name);
    for (Layer& layer : network.layers) {
        if (layer.type == "Input") inputs.insert(layer.outputs.begin(), layer.outputs.end());
        for (std::string& blob : layer.inputs) takers[blob].push_back(&blob);
    }
    std::vector<std::vector<Layer>> behind(network.layers.size());
    for (size_t i = 0; i < network.layers.size(); ++i)
        for (std::string& blob : network.layers[i].outputs) {
            const auto& names = named[blob];
            const auto& users = takers[blob];
            if (names.size() == 1 && users.empty() && !inputs.contains(blob)) {
                blob = names[0];
                continue;
            }
            if (names.empty() && users.size() < 2) continue;
            const std::string source = (std::ranges::count(names, blob) > 0)
                                           ? blob + "_all"
                                           : blob;  // the output's name is the branch's
            Layer split{.type = "Split", .name = "split_" + blob, .inputs = {source}};
            for (size_t k = 0; k < users.size(); ++k) {
                *users[k] = format("{}_split{}", blob, k);
                split.outputs.push_back(*users[k]);
            }
            split.outputs.insert(split.outputs.end(), names.begin(), names.end());
            blob = source;
            behind[i].push_back(std::move(split));
        }
    std::vector<Layer> all;
    for (size_t i = 0; i < network.layers.size(); ++i) {
        all.push_back(std::move(network.layers[i]));
        for (Layer& split : behind[i]) all.push_back(std::move(split));
    }
    network.layers = std::move(all);
}

}  // namespace lathe::formats::ncnn
