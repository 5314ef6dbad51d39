// EnTT: a signal, and the dispatcher's queue. Its delegates own nothing, so each listener is kept beside.
#include <entt/signal/dispatcher.hpp>
#include <entt/signal/sigh.hpp>
#include <entt/config/version.h>

#include "probes.hpp"

struct Signal {
    entt::sigh<void(const Payload&)> signal;
    struct Id { entt::connection connection; std::shared_ptr<void> owner; };

    template <class F> entt::connection lend(F& listener) {
        return entt::sink{signal}.template connect<&F::operator()>(listener);
    }
    template <class F> Id on(F listener) {
        auto owner = std::make_shared<F>(std::move(listener));
        return {lend(*owner), owner};
    }
    void off(Id id) { id.connection.release(); }
    void emit(const Payload& p) { signal.publish(p); }
    void clear() { entt::sink{signal}.disconnect(); }
};

// Those that nobody takes out again are kept here.
struct Kept : Signal {
    std::vector<std::shared_ptr<void>> owners;
    template <class F> Id on(F listener) {
        auto id = Signal::on(std::move(listener));
        owners.push_back(id.owner);
        return id;
    }
};

Run queue(std::size_t batch) {
    struct Adds {
        std::uint64_t sum = 0;
        void add(const Payload& p) { sum += p.amount; }
    };
    auto dispatcher = std::make_shared<entt::dispatcher>();
    auto adds = std::make_shared<Adds>();
    dispatcher->sink<Payload>().connect<&Adds::add>(*adds);
    return [=, expected = std::uint64_t{0}](std::uint64_t batches) mutable {
        const auto took = timed([&] {
            for (std::uint64_t b = 0; b < batches; ++b) {
                for (std::size_t i = 0; i < batch; ++i) dispatcher->enqueue(Payload{opaque(payload)});
                dispatcher->update<Payload>();
            }
        });
        expected += batches * batch;
        require(adds->sum == expected, "lost a call");
        return took;
    };
}

int main(int argc, char** argv) {
    Contestant entt{"EnTT (C++)", ENTT_VERSION, {}, {}, {}};
    ask_all<Signal>(entt, false);
    entt.questions["emit"] = emit<Kept>;
    entt.questions["keys"] = keys<Kept>;
    probe_all<Kept>(entt);
    entt.questions["queue"] = queue;
    return answer(argc, argv, {entt});
}
