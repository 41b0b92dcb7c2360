// The table of PyTorch's operators: how each becomes operators of the graph. Families of rows are listed in rows.cpp.
//
// Most rows say it in `body`, a line of the graph's own operators over the schema's parameters:
//   {"silu(Tensor self)", "silu(self)"}
//   {"hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1)", "clip(self, min_val, max_val)"}
//   {"softmax.int(Tensor self, int dim, int? dtype=None)", "softmax(self, axis=dim)", Types::kAsked}
//   {"softplus(…)", "t = softplus(mul(self, beta)); where(greater(…), self, div(t, beta))"}
// Operands are parameters (tensors; numbers become constants of the other operands' type), numbers, '-' (absent), names
// of earlier lines and calls; attributes are parameters (left out when they are None), numbers, "text" and lists.
// Several results are separated by commas. What a line cannot say is a function, in `special`; operators on numbers and
// lists rather than tensors are functions in `compute`.
#pragma once
#include <span>
#include <string_view>

#include "formats/torch/value.h"

namespace lathe::formats::torch {

class Call;

// What happens to the tensors and numbers among the arguments before the body sees them. Indices, masks and conditions
// (parameters named so) are never touched.
enum class Types : uint8_t {
    kAsTheyAre,
    kPromoted,  // to the type that PyTorch computes in
    kFloat,  // the same, integers to f32
    kAsked,  // `self` to the type that the argument `dtype` asks for, if it does
    kSum,  // the same; without, integers and bool to i64
};

enum class Alias : uint8_t {
    kFresh,  // the results share no memory with `self`
    kView,  // they do
    kCopyOrView,  // perhaps
    kSame,  // `self` itself, when nothing had to be done
};

struct Row {
    std::string_view schema;
    std::string_view body = {};
    Types types = Types::kAsTheyAre;
    Alias alias = Alias::kFresh;
    bool gives_list = false;  // the results are one list
    bool takes_unknown =
        false;  // `compute` works with arguments that are not known, such as the elements of a list
    Result<std::vector<graph::ValueId>> (*special)(Call&) = nullptr;
    Result<Value> (*compute)(Call&) = nullptr;
    // Views: what the tensor that is looked into becomes when result number `result` was changed.
    Result<graph::ValueId> (*write_back)(Call&, graph::ValueId changed, size_t result) = nullptr;
};

// The families (one file each).
std::span<const Row> activation_rows();
std::span<const Row> attention_rows();
std::span<const Row> arithmetic_rows();
std::span<const Row> compare_rows();
std::span<const Row> convolution_rows();
std::span<const Row> create_rows();
std::span<const Row> index_rows();
std::span<const Row> list_rows();
std::span<const Row> matmul_rows();
std::span<const Row> norm_rows();
std::span<const Row> number_rows();
std::span<const Row> pool_rows();
std::span<const Row> recurrent_rows();
std::span<const Row> reduce_rows();
std::span<const Row> resize_rows();
std::span<const Row> shape_rows();
std::span<const Row> split_rows();
std::span<const Row> text_rows();
std::span<const Row> window_rows();

std::vector<const Row*> all_rows();

}  // namespace lathe::formats::torch
