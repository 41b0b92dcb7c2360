#include "pipeline/go.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "formats/numpy/npz.h"
#include "game/board_view.h"
#include "game/metadata.h"
#include "pipeline/go_inputs.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;

Tensor with_batch(const Tensor& tensor) {
    Shape shape = tensor.shape();
    shape.insert(shape.begin(), 1);
    return tensor.reshaped(std::move(shape));
}

Result<Tensor> metadata_of(const GoPosition& position, const GoOptions& options) {
    TRY(const auto profile,
        game::metadata_profile(options.human_profile.empty() ? "proyear_2020" : options.human_profile));
    return game::metadata_input(profile, position.history.to_move(), position.history.board().area());
}

Json numbers_json(const std::vector<double>& values) {
    Json json = Json::array();
    for (const double v : values) json.push_back(std::isfinite(v) ? Json(v) : Json());
    return json;
}

Json raw_json(const game::RawOutputs& raw) {
    Json json{{"modelVersion", raw.model_version},
              {"nnXLen", raw.width},
              {"nnYLen", raw.height},
              {"value_logits_win_loss_noresult", raw.value},
              {"scorevalue", raw.score_value}};
    json["policy_logits"] = numbers_json(raw.policy);
    if (!raw.optimistic_policy.empty())
        json["policy_optimistic_logits"] = numbers_json(raw.optimistic_policy);
    json["ownership_pretanh"] = numbers_json(raw.ownership);
    return json;
}

game::BoardView view_of(const GoAnswer& answer) {
    game::BoardView view = game::view_of(answer.position.history, &answer.readout);
    view.title = answer.position.title;
    return view;
}

}  // namespace

Result<GoPosition> load_position(const std::string& sgf_path, const GoOptions& options, const Graph* model) {
    TRY(const SharedBytes file, map_file(sgf_path));
    game::RecordDefaults defaults;
    if (!options.rules.empty()) {
        TRY(defaults.forced_rules, game::parse_rules(options.rules));
    }
    TRY(const auto record, with_place(game::read_game(as_text(file.bytes()), defaults), sgf_path));
    std::vector<std::string> notes = record.notes;
    game::HistoryOptions history_options;
    if (model != nullptr) {
        const auto flag = model->metadata.find("katago.pass_alive_under_suicide_rules");
        history_options.pass_alive_under_suicide = flag != model->metadata.end() && flag->second == "1";
    }
    const auto moves = options.move < 0 ? std::nullopt : std::optional(options.move);
    TRY(auto history, with_place(game::replay(record, moves, history_options, &notes), sgf_path));
    int height = record.height, width = record.width;
    if (model != nullptr) {
        if (!takes_go_planes(*model))
            return fail(
                "{}: the model does not take KataGo's planes (bin_input [N, 22, H, W] and global_input [N, 19])",
                options.model_path);
        const auto& planes = (*model)[model->find("bin_input")].shape;
        height = static_cast<int>(planes[2].constant().value_or(height));
        width = static_cast<int>(planes[3].constant().value_or(width));
        if (height < record.height || width < record.width)
            return fail("{}: the board is {}x{}, the model takes {}x{}", sgf_path, record.width,
                        record.height, width, height);
    }
    TRY(auto features, with_place(game::make_features(history, height, width), sgf_path));
    const bool named = !record.black_name.empty() || !record.white_name.empty();
    std::string title = named ? format("{} - {}", record.black_name, record.white_name)
                              : sgf_path.substr(sgf_path.rfind('/') + 1);
    return GoPosition{std::move(title), std::move(history), std::move(features), height, width,
                      std::move(notes)};
}

Result<GoAnswer> ask(const std::string& sgf_path, const GoOptions& options) {
    TRY(const Model model, open_model(options.model_path, options.model));
    TRY(auto position, load_position(sgf_path, options, &model.graph));
    position.notes.insert(position.notes.end(), model.notes.begin(), model.notes.end());
    check::NamedTensors inputs{{"bin_input", with_batch(position.features.spatial)},
                               {"global_input", with_batch(position.features.global)}};
    if (model.graph.find("meta_input") != graph::kNoValue) {
        TRY(const Tensor meta, metadata_of(position, options));
        inputs.emplace_back("meta_input", with_batch(meta));
    }
    TRY(const auto ordered, check::inputs_in_order(model.graph, inputs));
    TRY(const auto program, with_place(plan_for(model.graph, options.engine), options.model_path));
    TRY(const auto outputs, with_place(program->run(ordered), options.model_path));
    TRY(auto raw, with_place(raw_outputs(model.graph, outputs, position.notes), options.model_path));
    raw.height = position.height;
    raw.width = position.width;
    TRY(auto readout, with_place(game::read_out(raw, position.history, {.optimism = options.optimism}),
                                 options.model_path));
    const auto name = model.graph.metadata.find("katago.name");
    std::string model_name = name != model.graph.metadata.end()
                                 ? name->second
                                 : options.model_path.substr(options.model_path.rfind('/') + 1);
    return GoAnswer{std::move(position), std::move(model_name), std::move(raw), std::move(readout)};
}

std::string to_text(const GoAnswer& answer, bool colour) {
    std::string text = game::draw_text(view_of(answer), colour) + format("seen by {}\n", answer.model_name);
    for (const std::string& note : answer.position.notes) text += format("note: {}\n", note);
    return text;
}

std::string to_svg(const GoAnswer& answer) { return game::draw_svg(view_of(answer)); }

Json to_json(const GoAnswer& answer, bool with_raw) {
    Json json = game::to_json(answer.readout);
    json["model"] = answer.model_name;
    json["rules"] = game::to_json(answer.position.history.rules());
    json["notes"] = answer.position.notes;
    if (with_raw) json["raw"] = raw_json(answer.raw);
    return json;
}

Status write_features(const GoPosition& position, const std::string& path) {
    const std::vector<graph::NamedTensor> tensors{{"bin_input", with_batch(position.features.spatial)},
                                                  {"global_input", with_batch(position.features.global)}};
    return formats::write_npz(path, tensors);
}

}  // namespace lathe::pipeline
