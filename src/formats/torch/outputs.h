// The end of a reader of PyTorch programs: what the program returns becomes the outputs of the graph.
#pragma once
#include "formats/torch/importer.h"

namespace lathe::formats::torch {

// One tensor is called "output"; those of tuples and lists "output_0", "output_1_0", …; those of dictionaries by their
// keys, and of objects by the given `fields`. None is left out. Takes the graph out of the importer, without dead code,
// and verifies it. Errors: something else is returned; nothing is.
Result<graph::Graph> finish_graph(Importer& importer, const Value& result,
                                  const std::vector<std::string>& fields = {});

// Makes a value an output of the graph under that name.
Status add_output(Importer& importer, ValueId value, const std::string& name);
Result<graph::Graph> take_graph(Importer& importer);

}  // namespace lathe::formats::torch
