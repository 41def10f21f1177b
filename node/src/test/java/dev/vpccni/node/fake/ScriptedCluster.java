package dev.vpccni.node.fake;

import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A cluster that says what a test tells it to: at first nothing. */
public final class ScriptedCluster implements Cluster {

    private final List<Runnable> listeners = new ArrayList<>();
    private final Set<String> ending = new TreeSet<>();
    private View view = Cluster.SILENT.view();
    private Runnable betweenQuestionAndWait = () -> {};

    /** Says that the node's ENIConfig is there, or why not. */
    public void config(InterfaceConfig changed) {
        change(new View(changed, view.schedulable(), view.bound()));
    }

    /** Says whether the node takes pods. */
    public void schedulable(boolean changed) {
        change(new View(view.config(), changed, view.bound()));
    }

    /** Says which pods are the node's. */
    public void bound(PodName... pods) {
        change(new View(view.config(), view.schedulable(), new TreeSet<>(List.of(pods))));
    }

    /** Says that the pod with that identifier is being deleted. */
    public void ending(String uid) {
        ending.add(uid);
        listeners.forEach(Runnable::run);
    }

    /** Has something happen once, right after it was asked whether a pod is being deleted. */
    public void afterQuestion(Runnable what) {
        betweenQuestionAndWait = what;
    }

    @Override
    public boolean isEnding(PodName pod, String uid) {
        boolean answer = ending.contains(uid);
        Runnable next = betweenQuestionAndWait;
        betweenQuestionAndWait = () -> {};
        next.run();
        return answer;
    }

    private void change(View changed) {
        view = changed;
        listeners.forEach(Runnable::run);
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
