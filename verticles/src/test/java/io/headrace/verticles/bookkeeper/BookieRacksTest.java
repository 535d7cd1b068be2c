/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.HashedWheelTimer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicy;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.feature.SettableFeatureProvider;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.net.BookieSocketAddress;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.junit.jupiter.api.Test;

final class BookieRacksTest {
    private static final int BOOKIES = 6;
    private static final int ENSEMBLES = 50;

    private static ClientConfiguration configuration(Map<String, String> racks) {
        ClientConfiguration conf = new ClientConfiguration();
        BookieRacks.configure(conf, racks);
        return conf;
    }

    @Test
    void racksAreInTheUsualRegionUnlessTheyNameOne() {
        BookieRacks racks = new BookieRacks();
        racks.setConf(configuration(Map.of("10.0.0.1", "a", "b.test", "east/b")));
        assertThat(racks.resolve(List.of("10.0.0.1", "b.test", "10.0.0.3")))
                .containsExactly("/default-region/a", "/east/b", "/default-region/default-rack");
    }

    /** Bookies of even numbers are in one rack, the others in the other. */
    @Test
    void eachLedgerIsInBothRacks() throws Exception {
        HashedWheelTimer timer = new HashedWheelTimer();
        RackawareEnsemblePlacementPolicy policy = new RackawareEnsemblePlacementPolicy();
        policy.initialize(
                configuration(Map.of(
                        "10.0.0.0",
                        "a",
                        "10.0.0.1",
                        "b",
                        "10.0.0.2",
                        "a",
                        "10.0.0.3",
                        "b",
                        "10.0.0.4",
                        "a",
                        "10.0.0.5",
                        "b")),
                Optional.empty(),
                timer,
                new SettableFeatureProvider("", 0),
                NullStatsLogger.INSTANCE,
                id -> new BookieSocketAddress("10.0.0." + number(id), 3181));
        try {
            Set<BookieId> all = Set.of(id(0), id(1), id(2), id(3), id(4), id(5));
            assertThat(all).hasSize(BOOKIES);
            policy.onClusterChanged(all, Set.of());
            for (int i = 0; i < ENSEMBLES; i++) {
                List<BookieId> ensemble =
                        policy.newEnsemble(2, 2, 2, Map.of(), Set.of()).getResult();
                assertThat(ensemble).extracting(id -> number(id) % 2).containsExactlyInAnyOrder(0, 1);
            }
        } finally {
            policy.uninitalize();
            timer.stop();
        }
    }

    private static BookieId id(int number) {
        return BookieId.parse("bookie-" + number);
    }

    private static int number(BookieId id) {
        return Integer.parseInt(id.toString().replaceAll("\\D", ""));
    }
}
