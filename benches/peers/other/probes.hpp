// Whom an emit calls, and what a listener may do while it runs: the same probes as in `src/conformance/probes.rs`.
#pragma once

#include "peers.hpp"

// A log of tags, and a place for the emitter and its ids that listeners can reach.
template <class P> struct Stage {
    std::unique_ptr<P> peer = std::make_unique<P>();
    std::map<int, typename P::Id> ids;
    std::vector<int> log;

    void on(int tag, std::function<void()> act = [] {}) {
        ids.emplace(tag, peer->on([this, tag, act](const Payload&) { log.push_back(tag); act(); }));
    }
    void off(int tag) {
        auto found = ids.find(tag);
        if (found == ids.end()) return;
        auto id = std::move(found->second);
        ids.erase(found);
        peer->off(std::move(id));
    }
    std::vector<int> emit() {
        log.clear();
        peer->emit(payload);
        return log;
    }
};

inline std::string show(const std::vector<int>& log) {
    std::string text = "[";
    for (std::size_t i = 0; i < log.size(); ++i) text += (i ? ", " : "") + std::to_string(log[i]);
    return text + "]";
}
inline std::string verdict(bool yes, const std::vector<int>& log) { return yes ? "yes" : "no: " + show(log); }
inline std::vector<int> sorted(std::vector<int> log) { std::sort(log.begin(), log.end()); return log; }
using Log = std::vector<int>;

template <class P> std::string probe_call() {
    auto stage = new Stage<P>;
    stage->on(1);
    const auto log = stage->emit();
    return verdict(log == Log{1}, log);
}
template <class P> std::string probe_add() {
    auto stage = new Stage<P>;
    auto added = std::make_shared<bool>(false);
    stage->on(1, [=] { if (!*added) { *added = true; stage->on(2); } });
    const auto first = stage->emit();
    const auto second = sorted(stage->emit());
    return first != Log{1} ? verdict(false, first) : verdict(second == Log{1, 2}, second);
}
template <class P> std::string probe_remove_later() {
    auto stage = new Stage<P>;
    stage->on(1, [=] { stage->off(2); });
    stage->on(2, [=] { stage->off(1); });
    const auto log = stage->emit();
    return verdict(log.size() == 1, log);
}
template <class P> std::string probe_remove_self() {
    auto stage = new Stage<P>;
    stage->on(1, [=] { stage->off(1); });
    stage->on(2);
    const auto first = sorted(stage->emit());
    const auto second = stage->emit();
    return first != Log{1, 2} ? verdict(false, first) : verdict(second == Log{2}, second);
}
template <class P> std::string probe_nested() {
    auto stage = new Stage<P>;
    auto done = std::make_shared<bool>(false);
    auto inside = [=] { if (!*done) { *done = true; stage->peer->emit(payload); } };
    stage->on(1, inside);
    stage->on(2, inside);
    const auto log = stage->emit();
    return verdict(sorted(log) == Log{1, 1, 2, 2} && log[0] == log[1], log);
}
template <class P> std::string probe_order() {
    auto stage = new Stage<P>;
    for (int tag = 1; tag <= 5; ++tag) stage->on(tag);
    stage->off(3);
    stage->on(6);
    const auto log = stage->emit();
    return verdict(log == Log{1, 2, 4, 5, 6}, log);
}
// The very same function; where a peer owns none and knows it by its address, the very same object.
template <class P> std::string probe_twice() {
    auto stage = new Stage<P>;
    const auto listener = new std::function<void(const Payload&)>([=](const Payload&) { stage->log.push_back(1); });
    for (int i = 0; i < 2; ++i) {
        if constexpr (requires(P p) { p.lend(*listener); }) stage->peer->lend(*listener);
        else stage->peer->on(*listener);
    }
    const auto log = stage->emit();
    return verdict(log == Log{1, 1}, log);
}
template <class P> std::string probe_cut() {
    auto stage = new Stage<P>;
    stage->on(1);
    stage->off(1);
    const auto log = stage->emit();
    return verdict(log.empty(), log);
}
template <class P> std::string probe_cleared() {
    if constexpr (requires(P p) { p.clear(); }) {
        auto stage = new Stage<P>;
        stage->on(1);
        stage->peer->clear();
        const auto log = stage->emit();
        return verdict(log.empty(), log);
    }
    return "not offered";
}
template <class P> std::string probe_panic() {
    auto stage = new Stage<P>;
    auto done = std::make_shared<bool>(false);
    stage->on(1, [=] { if (!*done) { *done = true; throw std::runtime_error("a listener throws"); } });
    stage->on(2);
    try { stage->emit(); } catch (const std::runtime_error&) {}
    stage->on(3);
    const auto log = sorted(stage->emit());
    return verdict(log == Log{1, 2, 3}, log);
}
template <class P> std::string probe_drop() {
    auto stage = new Stage<P>;
    auto end = [=] { stage->peer.reset(); };
    stage->on(1, end);
    stage->on(2, end);
    const auto log = stage->emit();
    return verdict(sorted(log) == Log{1, 2}, log);
}
template <class P> std::string probe_once() {
    if constexpr (requires(P p) { p.once(captures()); }) {
        auto stage = new Stage<P>;
        stage->peer->once([=](const Payload&) {
            stage->log.push_back(1);
            if (stage->log.size() < 10) stage->peer->emit(payload);
        });
        stage->emit();
        const auto log = stage->log;
        return verdict(log == Log{1}, log);
    }
    return "not offered";
}

template <class P> std::string probe_clear() {
    if constexpr (requires(P p) { p.clear(); }) {
        auto stage = new Stage<P>;
        stage->on(1, [=] { stage->peer->clear(); });
        stage->on(2, [=] { stage->peer->clear(); });
        const auto first = stage->emit();
        const auto second = stage->emit();
        return first.size() != 1 ? verdict(false, first) : verdict(second.empty(), second);
    }
    return "not offered";
}

template <class P> void probe_all(Contestant& c) {
    c.probes = {
        {"call", probe_call<P>}, {"add", probe_add<P>}, {"remove-later", probe_remove_later<P>},
        {"remove-self", probe_remove_self<P>}, {"nested", probe_nested<P>}, {"order", probe_order<P>},
        {"twice", probe_twice<P>}, {"cut", probe_cut<P>}, {"cleared", probe_cleared<P>},
        {"panic", probe_panic<P>}, {"drop", probe_drop<P>}, {"once", probe_once<P>}, {"clear", probe_clear<P>},
    };
}
