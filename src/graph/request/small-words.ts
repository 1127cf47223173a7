/** Words that carry no wish of their own: what is left of a sentence without them was not understood. */
export const smallWords = new Set(
  `a an the this that these those it its itself he she they them their i i'd i'll i'm we we'd we'll us me my our you your one ones
  but set prepare somebody someone anybody please kindly pls plz could can would will shall should may might let lets let's like want wants need needs love wish hope think guess
  and or so then also too just simply maybe perhaps again still already really very quite well ok okay yes yeah sure right fine great good nice cool
  to into onto in on at of for from by with as up out over off through via about along there here now go ahead do does did done be is are was been being have has had get gets getting got
  ship shipping release releasing deploy deploying deployment rollout roll rolling stage staging bring bringing push pushing take taking put start begin launch publish move upgrade update test try run send deliver redeploy cut perform make making
  promote promotion production environment environments version versions tag candidate build service services app application project repo feature features branch branches change changes new both all complete whole full entire
  job work thing things team everyone everybody guys folks friend friends agents agent bot
  morning evening afternoon day moment minute quick quickly soon ready careful carefully slowly gently safely properly normally usual usually
  first next afterwards after later finally who which what where when how why
  going time much many lot little bit kind sort hand side end way
  leave configured drop mind possible able happy glad fast busy user users customer customers people look looking forward`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words that could turn a sentence round: what holds one of them and was not understood is asked about, everything else is named. */
export const weighty =
  /\b(?:if|unless|until|till|before|only|except|not|no|never|none|nothing|don't|dont|doesn't|cannot|can't|without|must|mustn't|instead|rather|skip|ignore|stop|wait|hold|delay|block|freeze|cancel|abort|rollback|roll back|revert|delete|remove|drop|disable|but|however|half|dry|simulat\w+|rehears\w+|percent|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight|weekend|o'clock|hours?|minutes?|days?|weeks?)\b|\d|%/i;
