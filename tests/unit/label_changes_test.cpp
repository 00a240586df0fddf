#include "daemon/label_changes.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace label_changes_test {

struct Saved {
  test::Folder folder;
  std::string path = folder.file("m.safetensors");
  std::string fingerprint;

  Saved() {
    auto loaded = test::hand_made_model();
    model::Model& model = loaded->model;
    model.references = {model::Matrix::Ones(2, 8), {0, 1}};
    model.reference_labels = {"normal", "loss"};
    attach(model, loaded->input, {}, 0, std::nullopt);
    model::save_model(model, path);
    fingerprint = model.fingerprint;
  }
};

TEST_CASE("a renamed type keeps its windows, and the fingerprints are those of the files") {
  const Saved saved;
  const LabelChange change = rename_type(saved.path, "loss", "fibre_cut", saved.path);
  CHECK(change.kept == saved.path + ".previous");
  CHECK(change.before == saved.fingerprint);
  CHECK(model::load_model(change.kept).fingerprint == change.before);
  const model::Model renamed = model::load_model(saved.path);
  CHECK(renamed.fingerprint == change.after);
  CHECK(change.after != change.before);
  CHECK(renamed.clusters.index("fibre_cut") >= 0);
  CHECK(renamed.clusters.index("loss") < 0);
  CHECK(renamed.reference_labels == std::vector<std::string>{"normal", "fibre_cut"});
}

TEST_CASE("a forgotten type takes its windows along, into a file of its own") {
  const Saved saved;
  const std::string out = saved.folder.file("out.safetensors");
  const LabelChange change = forget_type(saved.path, "loss", out);
  CHECK(change.kept.empty());
  CHECK(change.before == saved.fingerprint);
  const model::Model without = model::load_model(out);
  CHECK(without.fingerprint == change.after);
  CHECK(without.clusters.index("loss") < 0);
  CHECK(without.references.labels == std::vector<int>{0});
  CHECK(model::load_model(saved.path).fingerprint == change.before);
}

TEST_CASE("a type that is not known, is normal, or whose new name is taken changes nothing") {
  const Saved saved;
  const auto refused = [&](const auto& change) {
    const std::string why = test::error_of(change);
    CHECK(model::load_model(saved.path).fingerprint == saved.fingerprint);
    return why;
  };
  CHECK(refused([&] {
          forget_type(saved.path, "nothing", saved.path);
        }).starts_with(saved.path + ": it knows no 'nothing', but: normal"));
  CHECK(refused([&] { forget_type(saved.path, "normal", saved.path); }).find("has to stay") !=
        std::string::npos);
  CHECK(refused([&] { rename_type(saved.path, "loss", "flap", saved.path); }).find("it is taken") !=
        std::string::npos);
  for (const auto& [to, why] : {std::pair{"", "is empty"},
                                {"unknown", "\"unknown\" is no fault"},
                                {"Ignore", "\"Ignore\" is no fault"}}) {
    CAPTURE(to);
    CHECK(refused([&] {
            rename_type(saved.path, "loss", to, saved.path);
          }).starts_with("the new name: " + std::string(why)));
  }
}

TEST_CASE("a type that is called unknown, as older versions took it, can be renamed") {
  const Saved saved;
  model::Model model = model::load_model(saved.path);
  auto clusters = model.clusters.clusters();
  clusters[1].label = "unknown";
  model.clusters = model::ReferenceClusters(clusters, model.clusters.alpha(), 2);
  model.reference_labels = {"normal", "unknown"};
  model::save_model(model, saved.path);
  CHECK(load_model(saved.path, test::hand_made_config())->label(1) == "unknown");
  rename_type(saved.path, "unknown", "loss", saved.path);
  CHECK(load_model(saved.path, test::hand_made_config())->label(1) == "loss");
}

}  // namespace label_changes_test
}  // namespace faultprint::daemon
