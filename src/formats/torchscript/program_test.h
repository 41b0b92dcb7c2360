// TorchScript archives put together by hand, for tests.
#pragma once
#include "formats/torch/run_graph_test.h"
#include "formats/torch/saved_test.h"
#include "formats/torchscript/read.h"

namespace lathe::formats::torchscript::testing {

using torch::testing::Entries;

// An archive of one module, of class __torch__.Net, with a weight w = [[1, 2], [3, 4]].
inline Entries archive(const std::string& code) {
    const Tensor w = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
    wire::PickleWriter data, constants;
    data.global("__torch__", "Net");
    data.empty_tuple();
    data.reduce();
    data.empty_dict();
    data.mark();
    data.text("training");
    data.boolean(false);
    data.text("w");
    torch::testing::pickle_tensor(data, w, "0");
    data.set_items();
    data.build();
    data.stop();
    constants.mark();
    constants.tuple();
    constants.stop();
    return {{"net/data.pkl", data.bytes()},
            {"net/data/0", std::string(as_text(w.bytes()))},
            {"net/constants.pkl", constants.bytes()},
            {"net/version", "3\n"},
            {"net/code/__torch__.py", code}};
}

inline std::string indented(const std::string& body) {
    std::string text = "    ";
    for (const char c : body) text += c == '\n' ? std::string("\n    ") : std::string(1, c);
    return text + "\n";
}

// A module whose forward(self, x) has these lines.
inline Entries program(const std::string& body) {
    return archive(
        "class Net(Module):\n  __parameters__ = [\"w\", ]\n  training : bool\n  w : Tensor\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n" +
        indented(body));
}

inline Result<graph::Checkpoint> opened(const Entries& entries, const graph::Dims& shape = {2, 2}) {
    OpenOptions options;
    if (!shape.empty()) options.inputs["x"].shape = shape;
    return read_with(torch::testing::shared(torch::testing::zipped(entries)), "x.pt", options);
}

inline std::string error_of(const std::string& body) {
    const auto checkpoint = opened(program(body));
    return checkpoint ? "" : checkpoint.error().message;
}

}  // namespace lathe::formats::torchscript::testing
