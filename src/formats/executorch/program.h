// A program of ExecuTorch as it lies in a file: one method, a table of values, and calls of kernels on them, in order.
// The writer makes one from a graph, the reader one from a file, and plan.h says whether it can run.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"
#include "wire/pieces.h"

namespace lathe::formats::executorch {

// Where in the planned memory a tensor lies while it is needed.
struct Place {
    uint32_t memory = 1;  // index into Method::buffer_bytes; 0 is reserved
    uint64_t offset = 0;
};

struct TensorValue {
    DType dtype = DType::kF32;
    Shape shape;
    std::string name;  // of weights, inputs and outputs; may be empty
    std::optional<Tensor> constant;
    std::optional<Place> place;  // neither: the caller, or a view, gives it its memory
};

// Numbers of other values. Lists of integers are written so too: their elements may be computed by the program.
struct IntList {
    std::vector<int> items;
};
struct TensorList {
    std::vector<int> items;
    bool optional = false;  // -1 stands for none
};
struct DoubleList {
    std::vector<double> items;
};
struct BoolList {
    std::vector<bool> items;
};

using Value = std::variant<std::monostate, int64_t, double, bool, std::string, TensorValue, IntList,
                           TensorList, DoubleList, BoolList>;

struct Operator {
    std::string name;  // "aten::add"
    std::string overload;  // "out"
};

struct Instruction {
    bool delegate = false;
    int index = 0;  // of the operator or the delegate
    std::vector<int> args;  // values, in the order of the kernel's parameters, results included
};

struct Delegate {
    std::string id;  // "XnnpackBackend"
    wire::Pieces written;  // what is written
    SharedBytes read;  // what was read
};

struct Method {
    std::string name = "forward";
    std::vector<Value> values;
    std::vector<int> inputs, outputs;
    std::vector<Operator> operators;
    std::vector<Instruction> instructions;
    std::vector<Delegate> delegates;
    std::vector<uint64_t> buffer_bytes;  // of the planned memory; the first is reserved and empty

    const TensorValue* tensor(int value) const {
        return std::get_if<TensorValue>(&values[static_cast<size_t>(value)]);
    }
    TensorValue* tensor(int value) { return std::get_if<TensorValue>(&values[static_cast<size_t>(value)]); }
};

struct Program {
    Method method;
    std::map<std::string, std::string, std::less<>> texts;  // named data: small blobs by key
    std::vector<std::string> other_methods;  // that were not read
};

// Bytes of a tensor's elements. Nothing: more than can be counted.
std::optional<uint64_t> bytes_of(const TensorValue& tensor);

// The bytes of a file. Constants are handed over as they are, one by one. The same program gives the same bytes.
Result<wire::Pieces> serialise(const Program& program);
// Errors: no program of ExecuTorch, numbers that lie outside their tables, data outside of the file.
Result<Program> parse(const SharedBytes& file);

}  // namespace lathe::formats::executorch
