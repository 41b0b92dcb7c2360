// ONNX models read: any file of operator set 1 to 25 whose operators Lathe has. Weights become views of the file.
//
// Left behind: shapes that the file states for inner values (Lathe's own rules give them), training information.
// An initializer that is also an input is a weight. If nodes with a condition that is known are replaced by the branch
// taken; functions of the model are put in place of their calls. Loop, Scan, sequences, maps and optional values are
// refused. Operands that only hold a parameter (the axes of a reduction, the target of a reshape) become attributes.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/format.h"
#include "graph/graph.h"

namespace lathe::formats::onnx {

struct ReadOptions {
    // Shapes of inputs by name, for files that do not say them or to make them definite.
    std::map<std::string, graph::Dims, std::less<>> input_shapes;
    // Inputs that become constants of these values, such as parameters that the model leaves to its caller.
    std::map<std::string, Tensor, std::less<>> input_values;
};

// file: all bytes of a .onnx file; path: where it lies, for external data ("" when it lies nowhere).
// Errors: not ONNX; another operator set; every operator that Lathe does not have, listed at once; bad data.
Result<graph::Graph> read_graph(const SharedBytes& file, const std::string& path,
                                const ReadOptions& options = {});

// Names of the inputs that are no weights, in order.
Result<std::vector<std::string>> input_names(const SharedBytes& file);

Match match(ByteSpan file, std::string_view path);
// The graph, and its weights as the file lists them. Metadata: producer, ir_version, opsets, and metadata_props.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

// One tensor in a file of its own (.pb, as ONNX's test data has).
Result<graph::NamedTensor> read_tensor_file(const SharedBytes& file);

extern const Format kFormat;

}  // namespace lathe::formats::onnx
