/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import io.headrace.server.cluster.Link.Line;

/** What goes wrong with one process for a while. */
enum Fault {
    KILLED_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            kill(cluster, victim);
        }
    },
    KILLED_BOOKIE(Party.Kind.BOOKIE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            kill(cluster, victim);
        }
    },
    KILLED_ZOOKEEPER(Party.Kind.ZOOKEEPER) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            kill(cluster, victim);
        }
    },
    /** For longer than a session. */
    STOPPED_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.process(victim).signal("STOP");
            cluster.awaitGone(victim);
        }
    },
    STOPPED_BOOKIE(Party.Kind.BOOKIE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.process(victim).signal("STOP");
        }
    },
    STOPPED_ZOOKEEPER(Party.Kind.ZOOKEEPER) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.process(victim).signal("STOP");
        }
    },
    RESTARTED_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.process(victim).terminate();
            cluster.process(victim).awaitEnd();
        }
    },
    /** Clients reach it, nobody else does. */
    ISOLATED_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.network().cut(link -> link.touches(victim));
            cluster.awaitGone(victim);
        }
    },
    ISOLATED_BOOKIE(Party.Kind.BOOKIE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().cut(link -> link.touches(victim));
        }
    },
    ISOLATED_ZOOKEEPER(Party.Kind.ZOOKEEPER) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().cut(link -> link.touches(victim));
        }
    },
    /** It hears others, who do not hear it. */
    MUTE_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.network().mute(victim, link -> true);
            cluster.awaitGone(victim);
        }
    },
    /** Others hear it, it does not hear them. */
    DEAF_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.network().deafen(victim, link -> true);
            cluster.awaitGone(victim);
        }
    },
    NODE_WITHOUT_ZOOKEEPER(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.network().cut(link -> link.touches(victim) && link.line == Line.ZOOKEEPER);
            cluster.awaitGone(victim);
        }
    },
    NODE_DEAF_TO_ZOOKEEPER(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) throws Exception {
            cluster.network().deafen(victim, link -> link.line == Line.ZOOKEEPER);
            cluster.awaitGone(victim);
        }
    },
    /** For long enough that Hazelcast falls in two. */
    NODE_WITHOUT_HAZELCAST(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().cut(link -> link.touches(victim) && link.line == Line.HAZELCAST);
        }

        @Override
        void last(Traffic traffic) throws InterruptedException {
            long end = System.nanoTime() + HAZELCAST_NANOS;
            while (System.nanoTime() < end) {
                traffic.awaitProgressWithoutBus();
            }
        }
    },
    NODE_WITHOUT_OTHERS(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network()
                    .cut(link -> link.touches(victim) && (link.line == Line.HAZELCAST || link.line == Line.BUS));
        }

        @Override
        void last(Traffic traffic) throws InterruptedException {
            NODE_WITHOUT_HAZELCAST.last(traffic);
        }
    },
    NODE_WITHOUT_A_BOOKIE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().cut(link -> link.touches(victim) && link.touches(Party.bookie(victim.number())));
        }
    },
    SLOW_NODE(Party.Kind.NODE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().slow(link -> link.touches(victim), SLOW_MILLIS);
        }
    },
    SLOW_BOOKIE(Party.Kind.BOOKIE) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().slow(link -> link.touches(victim), SLOW_MILLIS);
        }
    },
    SLOW_ZOOKEEPER(Party.Kind.ZOOKEEPER) {
        @Override
        void begin(TestCluster cluster, Party victim) {
            cluster.network().slow(link -> link.touches(victim), SLOW_MILLIS);
        }
    };

    private static final long SLOW_MILLIS = 50;

    /** Longer than nodes bear with one that is silent. */
    private static final long HAZELCAST_NANOS = 13_000_000_000L;

    /** What it befalls. */
    final Party.Kind kind;

    Fault(Party.Kind kind) {
        this.kind = kind;
    }

    /** Makes it; returns when it has the effect that it is made for. */
    abstract void begin(TestCluster cluster, Party victim) throws Exception;

    /** Lets it last; returns when it has been seen that what can go on does. */
    void last(Traffic traffic) throws InterruptedException {
        traffic.awaitProgress();
    }

    /** Ends it; returns when everything is as it was before. */
    final void end(TestCluster cluster, Party victim) throws Exception {
        cluster.network().heal();
        if (cluster.process(victim).isAlive()) {
            cluster.process(victim).signal("CONT");
            cluster.awaitServing(victim);
        } else {
            cluster.start(victim);
        }
    }

    private static void kill(TestCluster cluster, Party victim) throws Exception {
        cluster.process(victim).kill();
        if (victim.kind() == Party.Kind.NODE) {
            cluster.awaitGone(victim);
        }
    }
}
