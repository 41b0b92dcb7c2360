// Programs put together by hand: what the reader makes of Python, and what it refuses. Whole networks are compared with
// PyTorch in tests/torchscript.
#include <gtest/gtest.h>

#include "formats/torch/run_graph_test.h"
#include "formats/torch/saved_test.h"
#include "formats/torchscript/program_test.h"
#include "formats/torchscript/read.h"
#include "formats/torchscript/syntax.h"
#include "wire/little_endian.h"

namespace lathe::formats::torchscript {
namespace {

using testing::archive;
using testing::error_of;
using testing::opened;
using testing::program;
using torch::testing::Entries;
using torch::testing::expect_near;
using torch::testing::run_graph;
using torch::testing::shared;
using torch::testing::zipped;

std::vector<double> run(const std::string& body) {
    const auto checkpoint = opened(program(body));
    if (!checkpoint) {
        ADD_FAILURE() << body << "\n" << checkpoint.error().message;
        return {};
    }
    const auto results = run_graph(*checkpoint->graph, {Tensor::of<float>({2, 2}, {1, -2, 3, -4})});
    return results.empty() ? std::vector<double>() : results[0].to_contiguous().to_doubles();
}

using Values = std::vector<double>;

TEST(TorchScript, ReadsAModule) {
    const auto checkpoint = opened(program("w = self.w\nreturn torch.relu(torch.matmul(x, w))"),
                                   {graph::Dim::symbol("batch"), 2});
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_EQ(checkpoint->format, "torchscript");
    ASSERT_EQ(checkpoint->tensors.size(), 1u);
    EXPECT_EQ(checkpoint->tensors[0].name, "w");
    const graph::Graph& graph = *checkpoint->graph;
    EXPECT_EQ(graph::to_string(graph[graph.outputs[0]].shape), "[batch, 2]");
    EXPECT_EQ(graph[graph.outputs[0]].name, "output");
    EXPECT_EQ(graph.nodes.size(), 2u);
}

TEST(TorchScript, GuessesTheInputFromItsFirstOperator) {
    const auto shape_of = [](const std::string& body) {
        const auto checkpoint = opened(program(body), {});
        if (!checkpoint) return checkpoint.error().message;
        const graph::Value& input = (*checkpoint->graph)[checkpoint->graph->inputs[0]];
        return std::string(name_of(input.dtype)) + graph::to_string(input.shape);
    };
    EXPECT_EQ(shape_of("return torch.linear(torch.mul(x, 2), self.w)"), "f32[batch, 2]");
    EXPECT_EQ(shape_of("return torch.embedding(self.w, x)"), "i64[batch, tokens]");
    EXPECT_EQ(shape_of("return torch.conv2d(x, torch.reshape(self.w, [2, 2, 1, 1]))"),
              "f32[batch, 2, height, width]");
    EXPECT_EQ(shape_of("n, c, h, w, = torch.size(x)\nreturn torch.reshape(x, [n, -1])"),
              "f32[batch, channels, height, width]");
    EXPECT_NE(shape_of("return torch.relu(x)").find("--input-shape x="), std::string::npos);
}

TEST(TorchScript, RunsPython) {
    EXPECT_EQ(run("y = x\nfor i in range(3):\n  y = torch.add(y, torch.mul(x, i))\nreturn y"),
              (Values{4, -8, 12, -16}));
    EXPECT_EQ(
        run("i = 0\ny = x\nwhile torch.lt(i, 4):\n  if torch.eq(torch.remainder(i, 2), 0):\n    y = torch.neg(y)\n  else:\n    pass\n  i = torch.add(i, 1)\nreturn y"),
        (Values{1, -2, 3, -4}));
    EXPECT_EQ(run("a, b = torch.unbind(x)\nreturn torch.sub(b, a)"), (Values{2, -2}));
    EXPECT_EQ(
        run("l = annotate(List[Tensor], [])\n_0 = torch.append(l, x)\n_1 = torch.append(l, torch.neg(x))\nreturn torch.add(l[0], torch.mul(l[-1], 3))"),
        (Values{-2, 4, -6, 8}));
    EXPECT_EQ(run("d = {\"a\": 2, \"b\": 5}\nreturn torch.mul(x, d[\"b\"] - d[\"a\"])"),
              (Values{3, -6, 9, -12}));
    EXPECT_EQ(run("s = torch.size(x)\nreturn torch.mul(x, torch.add(torch.__getitem__(s, 0), torch.len(s)))"),
              (Values{4, -8, 12, -16}));
    EXPECT_EQ(
        run("n = ops.prim.NumToTensor(torch.size(x, 1))\nm = int(torch.floor_divide(n, 2))\nreturn torch.reshape(x, [-1, m, 2])"),
        (Values{1, -2, 3, -4}));
    EXPECT_EQ(
        run("if torch.__is__(x, None):\n  ops.prim.RaiseException(\"no\")\n  y = uninitialized(Tensor)\nelse:\n  y = x\nreturn y"),
        (Values{1, -2, 3, -4}));
    EXPECT_EQ(run("return x * 2.0 if not self.training and 2 != 3 else x"), (Values{2, -4, 6, -8}));
}

TEST(TorchScript, ChangesInPlaceReachEveryViewOfATensor) {
    EXPECT_EQ(run("y = torch.clone(x)\nz = torch.view(y, [-1])\n_0 = torch.mul_(y, 2)\nreturn z"),
              (Values{2, -4, 6, -8}));
    EXPECT_EQ(
        run("y = torch.clone(x)\n_0 = torch.add_(torch.select(torch.transpose(y, 0, 1), 0, 1), 10)\nreturn y"),
        (Values{1, 8, 3, 6}));
    EXPECT_EQ(
        run("y = torch.clone(x)\na, b = torch.split(y, 1, 1)\n_0 = torch.copy_(a, b)\n_1 = torch.zero_(b)\nreturn y"),
        (Values{-2, 0, -4, 0}));
    EXPECT_EQ(
        run("y = torch.clone(x)\n_0 = torch.fill_(torch.slice(y, 0, 1, 9223372036854775807, 1), 7)\nreturn torch.slice(y, 1, 0, 2, 1)"),
        (Values{1, -2, 7, 7}));
    EXPECT_NE(error_of("y = torch.clone(x)\nz = torch.reshape(y, [4])\n_0 = torch.relu_(z)\nreturn y")
                  .find("by strides"),
              std::string::npos);
    EXPECT_NE(error_of("_0 = torch.add_(self.w, x)\nreturn x").find("the module's own tensor 'w'"),
              std::string::npos);
    EXPECT_NE(error_of("y = torch.expand(x, [3, 2, 2])\n_0 = torch.relu_(y)\nreturn x").find("cannot follow"),
              std::string::npos);
}

TEST(TorchScript, ListsEveryOperatorThatLatheLacks) {
    const std::string error = error_of(
        "a = torch.fft_fft(x)\nb = ops.torchvision.nms(x, x, 0.5)\nc = torch.fft_fft(a)\nreturn torch.add(c, b)");
    for (const char* part :
         {"operators that Lathe does not have", "aten::fft_fft (code/__torch__.py:7, code/__torch__.py:9)",
          "torchvision::nms (code/__torch__.py:8)"})
        EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(TorchScript, SaysWhereAndWhy) {
    const std::pair<const char*, const char*> cases[] = {
        {"if bool(torch.gt(torch.sum(x), 0)):\n  y = x\nelse:\n  y = torch.neg(x)\nreturn y",
         "which way the program goes depends on"},
        {"ops.prim.RaiseException(\"no\")\nreturn x", "raises an exception"},
        {"return torch.batch_norm(x, None, None, torch.ones([2]), torch.ones([2]), True, 0.1, 0.1, True)",
         "training mode"},
        {"return torch.dropout(x, 0.5, True)", "random while training"},
        {"return nowhere", "'nowhere' is not defined"},
        {"return self.nowhere", "has no 'nowhere'"},
        {"return (self).nowhere(x, )", "no method 'nowhere'"},
        {"return __torch__.other.Thing.make(x)", "no code of '__torch__.other.Thing.make'"},
        {"return torch.reshape(x, [3, -1])", "4 elements"},
        {"return CONSTANTS.c4", "no constant 'c4'"},
        {"return [1, 2][5]", "its index is 5 in a list of 2"},
        {"return torch.mul(x, 1 // 0)", "division by zero"},
        {"return 'text'", "expected tensors"},
    };
    for (const auto& [body, part] : cases) {
        const std::string error = error_of(body);
        EXPECT_NE(error.find(part), std::string::npos) << body << "\n" << error;
        EXPECT_TRUE(error.starts_with("x.pt: ")) << error;
    }
    EXPECT_NE(error_of("return self.nowhere").find("code/__torch__.py:7"), std::string::npos);
}

TEST(TorchScript, ParsesWhatPyTorchPrints) {
    const auto file = parse_file(R"(class A(Module):
  __parameters__ = []
  __annotations__["0"] = __torch__.B
  x : Final[int] = 3
  y : Dict[str, Tuple[Tensor, int]]
  def forward(self: __torch__.A,
    a: Tensor,
    b: Optional[float]=1.0000000000000001e-05, *,
    c: str="it's\n\"\x41\101\"") -> Tuple[Tensor, int]:
    _0 = getattr(self, "0")
    _1, _2, = (_0).f(a, b=-1, )
    for _3 in range(9223372036854775807):
      with torch.no_grad():
        _1 = _1[1:, 0] if not b is None and _2 >= 3 else {1: 2, 3: [4, 5, ]}
    if c in [1]:
      pass
    else:
      raise Exception("x")
    # a comment
    return (_1, -inf ** 2)

def g(x: int) -> int:
  return x
)");
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_EQ(file->classes.size(), 1u);
    ASSERT_EQ(file->functions.size(), 1u);
    const FunctionSyntax& forward = file->classes[0].methods[0];
    ASSERT_EQ(forward.parameters.size(), 4u);
    EXPECT_EQ(forward.parameters[2].absent.number, 1e-5);
    EXPECT_EQ(forward.parameters[3].absent.text, "it's\n\"A"
                                                 "A\"");
    EXPECT_EQ(forward.body.size(), 5u);
    EXPECT_TRUE(forward.body[1].unpacks);
    for (const char* wrong :
         {"class", "def f(:\n  pass\n", "def f():\nreturn 1\n", "x = 1\n", "def f():\n  return (\n",
          "def f():\n  1 = x\n", "def f():\n  x = 'a\n", "def f():\n    a\n  b\n"})
        EXPECT_FALSE(parse_file(wrong)) << wrong;
}

TEST(TorchScript, DamagedFilesAreErrorsOrLegalGraphs) {
    auto entries = program(
        "w = self.w\ny = torch.relu(torch.matmul(x, w))\nif self.training:\n  y = x\nelse:\n  pass\nreturn torch.reshape(y, [torch.size(x, 0), -1])");
    ASSERT_TRUE(opened(entries));
    const std::string whole = zipped(entries);
    for (size_t length = 0; length < whole.size(); length += 5)
        EXPECT_FALSE(read(shared(whole.substr(0, length)), "x.pt"));
    for (const size_t part : {0u, 4u}) {
        const std::string text = entries[part].second;
        for (size_t i = 0; i < text.size(); ++i)
            for (const int bit : {0, 3, 6}) {
                entries[part].second = text;
                entries[part].second[i] ^= static_cast<char>(1 << bit);
                (void)opened(entries);
            }
        entries[part].second = text;
    }
    entries[0].second = "\x80\x02}q\x00.";
    EXPECT_FALSE(opened(entries));
    EXPECT_EQ(match(shared(whole).bytes(), "x"), Match::kCertain);
    EXPECT_EQ(match(shared(torch::testing::saved({{"w", Tensor::scalar<float>(1)}})).bytes(), "x.pt"),
              Match::kNo);
}

}  // namespace
}  // namespace lathe::formats::torchscript
