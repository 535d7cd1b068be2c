/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.server.demo.WikipediaEdits.Edit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoDataTest {
    private final List<Edit> edits = WikipediaEdits.all();

    @Test
    void theDataSetIsRealAndLargeEnough() {
        assertThat(edits).hasSize(39_244).isSortedAccordingTo(Comparator.comparing(Edit::time));
        assertThat(edits.stream().map(Edit::wiki).distinct()).hasSize(51);
        assertThat(edits.stream().map(Edit::json).distinct()).hasSameSizeAs(edits);
        assertThat(edits.get(0).wiki()).isEqualTo("en.wikipedia");
        assertThat(edits.get(0).page()).isEqualTo("Talk:Oswald Tilghman");
        assertThat(WikipediaEdits.version()).matches("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void theFactsAreThoseOfTheData() {
        assertThat(EditFacts.of(edits))
                .contains("en.wikipedia: 11,549 edits")
                .contains("Wikipedia:Vandalismusmeldung in de.wikipedia: 33 edits")
                .contains("15,420 edits, 39 % of all")
                .contains("9,385,573 bytes added, 394,298 removed");
    }

    @Test
    void whatIsNoEditIsRefused() {
        for (String text : List.of("", "not even JSON", "{}", "{\"channel\":7}")) {
            assertThatThrownBy(() -> Edit.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void everythingInOrderIsAccepted() {
        assertThat(check(edits).problems()).isEmpty();
        assertThat(check(edits).edits()).isEqualTo(edits);
    }

    @Test
    void orderBetweenKeysDoesNotMatter() {
        List<Edit> byWiki = new ArrayList<>(edits);
        byWiki.sort(Comparator.comparing(Edit::wiki));
        assertThat(check(byWiki).problems()).isEmpty();
    }

    @Test
    void aMissingEventIsFound() {
        List<Edit> without = new ArrayList<>(edits);
        without.remove(without.size() - 1);
        assertThat(check(without).problems()).containsExactly("missing: 1");
    }

    @Test
    void aRepeatedEventIsFound() {
        List<Edit> twice = new ArrayList<>(edits);
        twice.add(edits.get(7));
        assertThat(check(twice).problems()).singleElement().asString().startsWith("not sent, or read twice");
    }

    @Test
    void anUnknownEventIsFound() {
        OrderCheck check = check(edits);
        check.read("not even JSON");
        assertThat(check.problems()).containsExactly("not sent: not even JSON");
    }

    @Test
    void twoExchangedEventsOfOneKeyAreFound() {
        List<Edit> exchanged = DemoIT.exchangedInOneWiki(edits);
        assertThat(check(exchanged).problems())
                .isNotEmpty()
                .first()
                .asString()
                .contains("out of order in " + edits.get(0).wiki());
    }

    @Test
    void aFloodOfProblemsIsCutShort() {
        List<Edit> reversed = new ArrayList<>(edits);
        Collections.reverse(reversed);
        assertThat(check(reversed).problems()).hasSizeLessThan(8);
    }

    private OrderCheck check(List<Edit> read) {
        OrderCheck check = new OrderCheck(edits);
        read.forEach(edit -> check.read(edit.json()));
        return check;
    }
}
