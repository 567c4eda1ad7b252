import{a as o}from"./chunk-WV6CIQLC.js";import{b as t}from"./chunk-SQE76S5B.js";var e=t(o(),1);var c=(0,e.createContext)(null),l=(0,e.createContext)(null);export{c as a,l as b};
