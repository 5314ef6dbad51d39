// Boost.Signals2.
#include <boost/signals2.hpp>
#include <boost/version.hpp>

#include "probes.hpp"

struct Signal {
    boost::signals2::signal<void(const Payload&)> signal;
    using Id = boost::signals2::connection;

    template <class F> Id on(F listener) { return signal.connect(std::move(listener)); }
    void off(Id id) { id.disconnect(); }
    void emit(const Payload& p) { signal(p); }
    void clear() { signal.disconnect_all_slots(); }
    template <class F> void once(F listener) {
        // The documented way: a slot that is given its own connection.
        signal.connect_extended([listener](const boost::signals2::connection& id, const Payload& p) {
            id.disconnect();
            listener(p);
        });
    }
};

int main(int argc, char** argv) {
    Contestant boost{"Boost.Signals2 (C++)", BOOST_LIB_VERSION, {}, {}, {}};
    ask_all<Signal>(boost, true);
    probe_all<Signal>(boost);
    return answer(argc, argv, {boost});
}
