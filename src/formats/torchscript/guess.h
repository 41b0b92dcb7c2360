// What a program's first operators tell of its inputs: an archive says of a tensor only that it is one. The program runs
// once with inputs that are not known; a convolution then tells the rank and the channels, an embedding that its input
// holds integers, and so on. Sizes that nothing tells become symbols: batch, height, width, length, tokens.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "formats/torch/importer.h"

namespace lathe::formats::torchscript {

struct InputGuess {
    std::string name;
    std::optional<graph::Dims> shape;
    DType dtype = DType::kF32;
};

class Guesser {
public:
    // The inputs, by number (torch::Unknown::input).
    Guesser(torch::Importer& importer, std::vector<InputGuess>& inputs)
        : importer_(importer), inputs_(inputs) {}

    // For torch::Importer::on_unknown: learns from the call; its result has the shape of an input where the operator
    // keeps shapes.
    torch::Value operator()(const torch::Schema& schema, const torch::Items& values);
    void sizes_taken(const torch::Unknown& sizes, size_t count);  // `n, c, h, w = x.size()`

private:
    void learn(int input, std::vector<std::string> symbols, DType dtype);
    std::optional<graph::Dims> shape_of(const torch::Schema& schema, const torch::Items& values,
                                        std::string_view parameter, DType* dtype = nullptr) const;

    torch::Importer& importer_;
    std::vector<InputGuess>& inputs_;
};

}  // namespace lathe::formats::torchscript
