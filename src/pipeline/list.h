// `lathe list`: the models that can be built by name.
#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tensor/shape.h"

namespace lathe::pipeline {

struct ListedModel {
    std::string name, family, type;
    int64_t parameters = 0, features = 0, classes = 0;
    Shape input_size;               // channels, height, width
    std::vector<std::string> tags;  // of published weights, the default first
};

// pattern: part of a name, or with any of * ? [ a glob over the whole name; a family's name lists the family. Empty: all.
std::vector<ListedModel> list_models(const std::string& pattern);
std::string to_text(const std::vector<ListedModel>& models);
Json to_json(const std::vector<ListedModel>& models);

}  // namespace lathe::pipeline
