// Programs that would run, grow or nest for ever: the budgets end them. (WebAssembly would take twice as long to find out.)
#include <gtest/gtest.h>

#include "formats/torchscript/program_test.h"
#include "formats/torchscript/syntax.h"

namespace lathe::formats::torchscript {
namespace {

using testing::error_of;

TEST(TorchScript, EndlessProgramsEnd) {
    std::string nested = "x", chain = "x";
    for (int i = 0; i < 100'000; ++i) nested = i < 5000 ? "(" + nested + ", )" : nested, chain += ".a";
    const std::string cases[] = {
        "while True:\n  y = x\nreturn x",
        "for i in range(1000000000000):\n  pass\nreturn x",
        "return (self).forward(x, )",
        "y = [1]\nwhile True:\n  y = torch.add(y, y)\nreturn x",
        "y = torch.mul([1], 1000000000000)\nreturn x",
        "y = [0]\n_0 = torch.append(y, y)\nreturn y",
        "y = x\nfor i in range(300000):\n  y = torch.view(y, [2, 2])\nreturn y",
        "y = x\nwhile True:\n  y = torch.neg(y)\nreturn y",
        "return torch.zeros([1000000000000, 1000000000000])",
        "return torch.arange(1000000000000)",
        "return torch.eye(1000000000)",
        "n = 2\nwhile True:\n  n = torch.mul(n, n)\nreturn x",
        "y = x\nwhile True:\n  y = torch.repeat(y, [torch.size(y, 0), 1])\nreturn y",
        "d = annotate(Dict[int, int], {})\nfor i in range(100000):\n  _0 = torch._set_item(d, i, i)\nreturn x",
        "return " + nested,
        "return " + chain,
        "return " + std::string(50'000, '-') + "1",
        "return " + std::string(50'000, '['),
    };
    for (const std::string& body : cases) EXPECT_NE(error_of(body), "") << body.substr(0, 80);
    // Legal, and taken apart without recursion.
    EXPECT_EQ(error_of("y = [0]\nfor i in range(200000):\n  y = [y]\nreturn x"), "");
    std::string blocks, spaces;
    for (int i = 0; i < 3000; ++i, spaces += " ") blocks += spaces + "if True:\n";
    EXPECT_FALSE(parse_file("def f():\n " + blocks));
}

}  // namespace
}  // namespace lathe::formats::torchscript
