/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.KeyRange;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PositionLogTest {

    @Test
    void everyMomentKeepsItsPosition() {
        PositionLog log = new PositionLog();
        Map<String, Place> model = new HashMap<>();
        List<PositionLog.Moment> moments = new ArrayList<>();
        List<Position> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String segment = "s" + i % 3;
            if (i % 1700 == i % 3) {
                Place place = new Place(i, Optional.of(new KeyRange(0, 1)));
                log.put(segment, place);
                model.put(segment, place);
            } else if (i == 4000) {
                log.remove(segment);
                model.remove(segment);
            } else {
                int offset = i;
                log.step(segment, offset);
                model.computeIfPresent(segment, (s, place) -> new Place(offset, place.range()));
            }
            moments.add(log.now());
            expected.add(new Position(model));
        }
        assertThat(moments.stream().map(PositionLog.Moment::position).toList()).isEqualTo(expected);
    }
}
